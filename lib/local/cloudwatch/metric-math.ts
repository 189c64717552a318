import { UnsupportedAlarmError } from './unsupported-alarm-error.ts';

/** A compiled expression, for one period. It has no value where none of its metrics has one. */
export type Formula = (lookUp: (id: string) => number | undefined) => number | undefined;

/** A part of an expression: a number, or a series that may have no value in a period. */
interface Term {
  readonly isNumber: boolean;
  readonly formula: Formula;
}

const operators: Readonly<Record<string, (one: number, other: number) => number | undefined>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  // A data point whose computation divides by zero is dropped.
  '/': (one, other) => (other === 0 ? undefined : one / other),
};

/**
 * Compiles metric math, of it what Belfry's alarms use: numbers, ids, `+ - * /`, parentheses, `FILL(id, number)`.
 *
 * Where only one of two series has a value, the other counts as 0; where neither has one, there is none.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws UnsupportedAlarmError for anything else
 */
export function compileMath(expression: string): Formula {
  const tokens = expression.match(/[a-zA-Z_]\w*|\d+(?:\.\d+)?|\S/g) ?? [];
  return new Parser(tokens, expression).parse();
}

/** Ids begin with a small letter; functions are written in capitals. */
export const idsIn = (expression: string): readonly string[] => expression.match(/\b[a-z]\w*/g) ?? [];

const numberOf = (token: string): Term => ({ isNumber: true, formula: () => Number(token) });

function combined(one: Term, other: Term, combine: (one: number, other: number) => number | undefined): Term {
  const isNumber = one.isNumber && other.isNumber;
  return {
    isNumber,
    formula(lookUp) {
      const [first, second] = [one.formula(lookUp), other.formula(lookUp)];
      const hasSeries = (first !== undefined && !one.isNumber) || (second !== undefined && !other.isNumber);
      return isNumber || hasSeries ? combine(first ?? 0, second ?? 0) : undefined;
    },
  };
}

class Parser {
  readonly #tokens: string[];
  readonly #expression: string;

  constructor(tokens: readonly string[], expression: string) {
    this.#tokens = [...tokens];
    this.#expression = expression;
  }

  parse(): Formula {
    const { isNumber, formula } = this.#sum();
    // CloudWatch refuses what is no series.
    if (this.#tokens.length > 0 || isNumber) throw this.#unsupported();
    return formula;
  }

  #sum(): Term {
    return this.#chain(['+', '-'], () => this.#product());
  }

  #product(): Term {
    return this.#chain(['*', '/'], () => this.#operand());
  }

  #chain(signs: readonly string[], operand: () => Term): Term {
    let left = operand();
    while (signs.includes(this.#tokens[0] ?? '')) {
      const combine = operators[this.#tokens.shift() ?? ''];
      if (combine === undefined) throw this.#unsupported();
      left = combined(left, operand(), combine);
    }
    return left;
  }

  #operand(): Term {
    const token = this.#tokens.shift() ?? '';
    if (token === '(') {
      const inner = this.#sum();
      this.#expect(')');
      return inner;
    }
    if (/^\d/.test(token)) return numberOf(token);
    if (token.toUpperCase() === 'FILL') return this.#fill();
    if (!/^[a-z]/.test(token) || this.#tokens[0] === '(') throw this.#unsupported();
    return { isNumber: false, formula: (lookUp) => lookUp(token) };
  }

  #fill(): Term {
    this.#expect('(');
    const filled = this.#sum();
    this.#expect(',');
    const value = this.#tokens.shift() ?? '';
    if (!/^\d/.test(value)) throw this.#unsupported();
    this.#expect(')');
    return { isNumber: filled.isNumber, formula: (lookUp) => filled.formula(lookUp) ?? Number(value) };
  }

  #expect(token: string): void {
    if (this.#tokens.shift() !== token) throw this.#unsupported();
  }

  #unsupported(): UnsupportedAlarmError {
    return new UnsupportedAlarmError(
      `the embedded cloud does not evaluate the expression ${this.#expression}; it knows numbers, ids, + - * /, parentheses and FILL(id, number)`,
    );
  }
}
