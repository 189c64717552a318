import { describe, expect, test } from 'vitest';
import { EMULATORS } from '../cloud/emulators/index.ts';
import { LIMITS, type Limits, STORE_CONTRACT, UPDATE } from '../cloud/limits.ts';
import { ALERTS } from '../cloud/modes/alerts.ts';
import { EDITS } from '../cloud/modes/edits.ts';
import { SIDE_BY_SIDE } from '../cloud/modes/side-by-side.ts';
import { checkNames } from '../cloud/support/check-names.ts';
import { readMarkdown, tableRows } from './markdown.ts';

interface Column {
  readonly title: string;
  readonly limits: Limits;
  readonly isDeployed: boolean;
  readonly takesNeighbours?: boolean;
}

/** The columns of the table that were run by a command of this repository, and what is known not to be supported there. */
const COLUMNS: readonly Column[] = [
  { title: 'embedded', limits: LIMITS.embedded, isDeployed: false },
  {
    title: 'MiniStack',
    limits: { ...LIMITS.ministack, ...EMULATORS.ministack.limits },
    isDeployed: true,
    takesNeighbours: true,
  },
  { title: 'LocalStack', limits: { ...LIMITS.localstack, ...EMULATORS.localstack.limits }, isDeployed: true },
  { title: 'moto', limits: { ...LIMITS.moto, ...EMULATORS.moto.limits }, isDeployed: true },
];

/** Made of small apps of their own, where an emulator takes several. */
const OF_SMALL_APPS: readonly string[] = [
  ...Object.values(SIDE_BY_SIDE),
  ...Object.values(EDITS),
  ...Object.values(ALERTS),
];

const checks = [
  ...[STORE_CONTRACT, 'the app deploys with the CDK CLI'],
  ...checkNames('checks'),
  UPDATE,
  ...checkNames('checks-after-update'),
  'the stack can be deleted',
  ...checkNames('checks-after-teardown'),
  ...OF_SMALL_APPS,
];

const document = readMarkdown('docs/emulators.md');
const rows = tableRows(document, ['check', ...COLUMNS.map(({ title }) => title)]);

describe('docs/emulators.md', () => {
  test('has a row for every check, and for nothing else', () => {
    expect(rows.map(([check]) => check)).toEqual(checks);
  });

  test.each(COLUMNS)('says of $title what the suite knows', ({ title, ...cloud }) => {
    const column = COLUMNS.findIndex((each) => each.title === title) + 1;

    const told = Object.fromEntries(rows.map((row) => [row[0], row[column]]));
    expect(told).toEqual(Object.fromEntries(checks.map((check) => [check, cellOf(check, cloud)])));
  });

  test.each(COLUMNS)('gives every reason why $title cannot support a check', ({ limits }) => {
    const text = document.lines.join(' ').replaceAll(/\s+/g, ' ');

    expect(Object.values(limits).filter((reason) => !text.includes(reason))).toEqual([]);
  });

  test('has no limit of a check that does not exist', () => {
    const limited = COLUMNS.flatMap(({ limits }) => Object.keys(limits));

    expect(limited.filter((name) => !checks.includes(name))).toEqual([]);
  });
});

/** `–`: not made there. */
function cellOf(check: string, { limits, isDeployed, takesNeighbours }: Omit<Column, 'title'>): string {
  if (OF_SMALL_APPS.includes(check) && !takesNeighbours) return '–';
  if (!isDeployed && !checkNames('checks').includes(check)) return '–';
  if (limits[check] !== undefined) return 'no';
  return limits[UPDATE] !== undefined && checkNames('checks-after-update').includes(check) ? '–' : 'yes';
}
