import type { InvalidExpressionError } from '../../cron/index.ts';
import type { Place, Refusal } from './found.ts';
import { maskProblem } from './mask/mask-schedule.ts';
import { oneLine, shorten } from './safe-text.ts';

/** A part of a line that may be shown. */
export interface Spot {
  readonly text: string;
  readonly offset: number;
  readonly length: number;
}

/** How much of a line is shown round the spot. */
const WIDTH = 100;

/** A refusal with carets under what is wrong. */
export function refuse(
  place: Place,
  problem: string,
  spot?: Spot,
  verdict: Refusal['verdict'] = 'not understood',
): Refusal {
  return {
    kind: 'refusal',
    place,
    verdict,
    problem: shorten(problem, 600),
    excerpt: spot === undefined ? [] : point(spot),
  };
}

/** The refusal of an expression that begins at `offset` of a line; of its zone, which stands elsewhere, by what that is called. */
export function refuseExpression(
  place: Place,
  { label, offset, length, problem, cure, expression }: InvalidExpressionError,
  line: { readonly text: string; readonly offset: number; readonly zone: string },
): Refusal {
  const part = expression.slice(offset, offset + length);
  const said = maskProblem(cure === undefined ? problem : `${problem}; ${cure}`, label === 'timezone' ? '' : part);
  if (label === 'timezone') return refuse(place, `${line.zone} ${JSON.stringify(expression)}: ${said}`);
  return refuse(place, said, { text: line.text, offset: line.offset + offset, length });
}

/** The line, from not too far before the spot, and carets under it. */
function point({ text, offset, length }: Spot): readonly string[] {
  const from = Math.max(0, offset - WIDTH / 2);
  const shown = oneLine(text.slice(from, from + WIDTH)).trimEnd();
  const carets = '^'.repeat(Math.max(1, Math.min(length, WIDTH - (offset - from))));
  return [shown, ' '.repeat(offset - from) + carets];
}
