import { holds } from './conditions.ts';
import { type Place, UnresolvedPropertyError } from './errors.ts';
import { physicalName } from './references.ts';
import { resolve } from './resolve.ts';
import type { Call, Scope } from './scope.ts';
import type { TemplateResource } from './template.ts';

/**
 * One resource of a stack. Its properties are resolved when they are asked for, so that nothing has to
 * be known of what nobody needs: keys, policies, networks.
 *
 * Every method throws UnresolvedPropertyError, which names the property, when it is not what is asked for.
 */
export class Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly scope: Scope;
  readonly #resource: TemplateResource;

  constructor(logicalId: string, resource: TemplateResource, scope: Scope) {
    this.logicalId = logicalId;
    this.type = resource.Type;
    this.scope = scope;
    this.#resource = resource;
  }

  /** The name AWS knows it by. */
  get name(): string {
    return physicalName(this.logicalId, this.#call('Name'));
  }

  /** Whether the template's conditions let it be. */
  get exists(): boolean {
    const condition = this.#resource.Condition;
    return condition === undefined || holds(condition, this.#call('Condition'));
  }

  get propertyNames(): readonly string[] {
    return Object.keys(this.#resource.Properties ?? {});
  }

  /** The property as the template has it. */
  raw(property: string): unknown {
    return this.#resource.Properties?.[property];
  }

  metadata(key: string): unknown {
    return this.#resource.Metadata?.[key];
  }

  get(property: string): unknown {
    return resolve(this.raw(property), this.scope, this.at(property));
  }

  resolve(value: unknown, property: string): unknown {
    return resolve(value, this.scope, this.at(property));
  }

  optionalText(property: string): string | undefined {
    const value = this.get(property);
    if (value === undefined || typeof value === 'string') return value;
    throw this.error(property, `${JSON.stringify(value)} is not text`);
  }

  text(property: string): string {
    return this.optionalText(property) ?? this.#missing(property);
  }

  /** CloudFormation takes numbers and their texts alike. */
  optionalNumber(property: string): number | undefined {
    const value = this.get(property);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw this.error(property, `${JSON.stringify(value)} is not a number`);
  }

  number(property: string): number {
    return this.optionalNumber(property) ?? this.#missing(property);
  }

  /** @param otherwise what AWS takes for a missing one */
  boolean(property: string, otherwise: boolean): boolean {
    const value = this.get(property);
    return value === undefined ? otherwise : String(value) === 'true';
  }

  /** A missing one is empty. */
  texts(property: string): readonly string[] {
    const value = this.get(property) ?? [];
    if (Array.isArray(value)) return value.map(String);
    throw this.error(property, `${JSON.stringify(value)} is not a list`);
  }

  error(property: string, problem: string): UnresolvedPropertyError {
    return new UnresolvedPropertyError(this.at(property), problem);
  }

  at(property: string): Place {
    return { stack: this.scope.stack.name, logicalId: this.logicalId, property };
  }

  #missing(property: string): never {
    throw this.error(property, 'is missing');
  }

  #call(property: string): Call {
    const place = this.at(property);
    return { scope: this.scope, place, resolve: (value, scope = this.scope) => resolve(value, scope, place) };
  }
}
