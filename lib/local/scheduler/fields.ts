import { type EpochMs, epochMs } from '../../units.ts';
import { ApiError } from './errors.ts';

/** What a text may be; lengths in characters. */
export interface TextRule {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
}

export interface NumberRule {
  readonly min: number;
  readonly max: number;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Reads the members of a request one by one and collects what breaks a rule, in the words of AWS's own validation.
 * A member that breaks one is returned as it is: nothing read counts before {@link Fields.refuseViolations}.
 */
export class Fields {
  readonly #values: Values;
  readonly #path: string;
  readonly #violations: string[];

  constructor(values: Values, path = '', violations: string[] = []) {
    this.#values = values;
    this.#path = path;
    this.#violations = violations;
  }

  text(name: string, rule: TextRule): string | undefined {
    const value = this.#string(name);
    if (value === undefined) return undefined;
    const { min = 1, max, pattern } = rule;
    if (value.length < min) this.#violate(name, `Member must have length greater than or equal to ${min}`);
    if (value.length > max) this.#violate(name, `Member must have length less than or equal to ${max}`);
    if (pattern !== undefined && !pattern.test(value)) {
      this.#violate(name, `Member must satisfy regular expression pattern: ${pattern.source}`);
    }
    return value;
  }

  requiredText(name: string, rule: TextRule): string {
    return this.text(name, rule) ?? this.#missing(name, '');
  }

  whole(name: string, { min, max }: NumberRule): number | undefined {
    const value = this.#number(name);
    if (value === undefined) return undefined;
    if (!Number.isInteger(value)) throw wrongType(this.#nameOf(name), 'a whole number');
    if (value < min) this.#violate(name, `Member must have value greater than or equal to ${min}`);
    if (value > max) this.#violate(name, `Member must have value less than or equal to ${max}`);
    return value;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.#string(name);
    const chosen = choices.find((choice) => choice === value);
    if (value !== undefined && chosen === undefined) {
      this.#violate(name, `Member must satisfy enum value set: [${choices.join(', ')}]`);
    }
    return chosen;
  }

  requiredChoice<Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Choice {
    if (!this.has(name)) this.#missing(name, undefined);
    return this.choice(name, choices) ?? choices[0];
  }

  /** Sent as seconds since 1970, with decimals. */
  instant(name: string): EpochMs | undefined {
    const value = this.#number(name);
    return value === undefined ? undefined : epochMs(Math.round(value * 1000));
  }

  object(name: string): Fields | undefined {
    const value = this.#values[name] ?? undefined;
    if (value === undefined) return undefined;
    if (!isRecord(value)) throw wrongType(this.#nameOf(name), 'an object');
    return new Fields(value, this.#nameOf(name), this.#violations);
  }

  requiredObject(name: string): Fields {
    return this.object(name) ?? this.#missing(name, new Fields({}, this.#nameOf(name), []));
  }

  objects(name: string): readonly Fields[] | undefined {
    const value = this.#values[name] ?? undefined;
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw wrongType(this.#nameOf(name), 'a list');
    return value.map((item: unknown, index) => {
      const path = `${this.#nameOf(name)}.${index + 1}.member`;
      if (!isRecord(item)) throw wrongType(path, 'an object');
      return new Fields(item, path, this.#violations);
    });
  }

  has(name: string): boolean {
    return (this.#values[name] ?? undefined) !== undefined;
  }

  /** @throws ApiError ValidationException when anything read so far, here or in a member, broke a rule */
  refuseViolations(): void {
    const count = this.#violations.length;
    if (count === 0) return;
    const detected = `${count} validation error${count === 1 ? '' : 's'} detected`;
    throw new ApiError('ValidationException', `${detected}: ${this.#violations.join('; ')}`);
  }

  #string(name: string): string | undefined {
    const value = this.#values[name] ?? undefined;
    if (value === undefined || typeof value === 'string') return value;
    throw wrongType(this.#nameOf(name), 'a string');
  }

  #number(name: string): number | undefined {
    const value = this.#values[name] ?? undefined;
    if (value === undefined || typeof value === 'number') return value;
    throw wrongType(this.#nameOf(name), 'a number');
  }

  #missing<Value>(name: string, instead: Value): Value {
    this.#violations.push(`Value at '${this.#nameOf(name)}' failed to satisfy constraint: Member must not be null`);
    return instead;
  }

  #violate(name: string, constraint: string): void {
    const value = String(this.#values[name]);
    const shown = value.length > 100 ? `${value.slice(0, 100)}…` : value;
    this.#violations.push(`Value '${shown}' at '${this.#nameOf(name)}' failed to satisfy constraint: ${constraint}`);
  }

  #nameOf(name: string): string {
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    return this.#path === '' ? member : `${this.#path}.${member}`;
  }
}

export const isRecord = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrongType = (path: string, expected: string): ApiError =>
  new ApiError('SerializationException', `'${path}' must be ${expected}`);
