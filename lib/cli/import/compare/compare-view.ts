import type { EpochMs } from '../../../units.ts';
import type { Colors } from '../../shared/terminal.ts';
import { formatTable } from '../../shared/view/table.ts';
import { localMinute } from '../../shared/view/times.ts';
import type { Comparison, Row } from './compare.ts';

const NONE = '–';

/** Both sides' due times in the line's zone, and what is to be said of them. */
export function formatComparison({ rows, firstDifference }: Comparison, timezone: string, colors: Colors): string {
  const show = (instant: EpochMs | undefined): string =>
    instant === undefined ? NONE : localMinute(instant, timezone);
  const cells = rows.map(({ cron, belfry, why }) => [
    show(cron),
    show(belfry),
    why === undefined ? '' : colors.yellow('differs'),
  ]);
  const table = formatTable(['cron', 'belfry', ''], cells, colors).replaceAll(/ +$/gm, '');
  return `${table}\n${verdict(rows, firstDifference, { show, colors })
    .map((line) => `  ${line}`)
    .join('\n')}`;
}

interface Words {
  readonly show: (instant: EpochMs | undefined) => string;
  readonly colors: Colors;
}

function verdict(rows: readonly Row[], firstDifference: Row | undefined, { show, colors }: Words): readonly string[] {
  const different = rows.filter(({ why }) => why !== undefined);
  const reasons = [...new Set(different.map(({ why }) => why ?? ''))];
  if (different.length > 0) return reasons.map((why) => colors.yellow(`they differ: ${why}`));
  if (rows.length === 0) return ['neither is ever due again'];
  const agree = colors.green(`the next ${rows.length === 1 ? 'due time agrees' : `${rows.length} due times agree`}`);
  if (firstDifference === undefined) return [`${agree}, and so do all within a year`];
  const { cron, belfry, why = '' } = firstDifference;
  return [agree, colors.yellow(`the first that differs: ${show(cron ?? belfry)}: ${why}`)];
}
