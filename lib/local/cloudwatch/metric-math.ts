import { UnsupportedAlarmError } from './unsupported-alarm-error.ts';

/** A compiled expression. As in CloudWatch it has no value where one of its metrics has none, unless it is filled. */
export type Formula = (lookUp: (id: string) => number | undefined) => number | undefined;

const operators: Readonly<Record<string, (one: number, other: number) => number>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
};

/**
 * Compiles metric math, of it what Belfry's alarms use: numbers, ids, `+ - * /`, parentheses, `FILL(id, number)`.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws UnsupportedAlarmError for anything else
 */
export function compileMath(expression: string): Formula {
  const tokens = expression.match(/[a-zA-Z_]\w*|\d+(?:\.\d+)?|\S/g) ?? [];
  const parser = new Parser(tokens, expression);
  return parser.parse();
}

/** Ids begin with a small letter; functions are written in capitals. */
export const idsIn = (expression: string): readonly string[] => expression.match(/\b[a-z]\w*/g) ?? [];

class Parser {
  readonly #tokens: string[];
  readonly #expression: string;

  constructor(tokens: readonly string[], expression: string) {
    this.#tokens = [...tokens];
    this.#expression = expression;
  }

  parse(): Formula {
    const formula = this.#sum();
    if (this.#tokens.length > 0) throw this.#unsupported();
    return formula;
  }

  #sum(): Formula {
    return this.#chain(['+', '-'], () => this.#product());
  }

  #product(): Formula {
    return this.#chain(['*', '/'], () => this.#operand());
  }

  #chain(signs: readonly string[], operand: () => Formula): Formula {
    let left = operand();
    while (signs.includes(this.#tokens[0] ?? '')) {
      const combine = operators[this.#tokens.shift() ?? ''];
      if (combine === undefined) throw this.#unsupported();
      const [one, other] = [left, operand()];
      left = (lookUp) => {
        const [first, second] = [one(lookUp), other(lookUp)];
        return first === undefined || second === undefined ? undefined : combine(first, second);
      };
    }
    return left;
  }

  #operand(): Formula {
    const token = this.#tokens.shift() ?? '';
    if (token === '(') {
      const inner = this.#sum();
      this.#expect(')');
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (token.toUpperCase() === 'FILL') return this.#fill();
    if (!/^[a-z]/.test(token) || this.#tokens[0] === '(') throw this.#unsupported();
    return (lookUp) => lookUp(token);
  }

  #fill(): Formula {
    this.#expect('(');
    const filled = this.#sum();
    this.#expect(',');
    const value = this.#tokens.shift() ?? '';
    if (!/^\d/.test(value)) throw this.#unsupported();
    this.#expect(')');
    return (lookUp) => filled(lookUp) ?? Number(value);
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
