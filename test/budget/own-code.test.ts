import { describe, expect, test } from 'vitest';
import { bytesIn, type MeasuredApp, ownCode } from './own-code.ts';

/** 42 KB: what a job pays in size, and with it in start time, for being a Belfry job. */
const BUDGET = 42 * 1024;

/** What a job may use, each with what it may add to a job that uses nothing. */
const USES: readonly { readonly what: string; readonly app: MeasuredApp; readonly adds: number }[] = [
  { what: "overlap: 'skip', the default", app: { jobs: { measured: {} } }, adds: 0 },
  { what: "overlap: 'allow'", app: { jobs: { measured: { overlap: 'allow' } } }, adds: 0 },
  { what: 'a calendar', app: { jobs: { measured: {} }, schedule: { except: '2027-12-24' } }, adds: 1024 },
  { what: 'assets', app: { jobs: { measured: { assets: ['functions'] } } }, adds: 512 },
  { what: 'a pingUrl', app: { jobs: { measured: {} }, schedule: { pingUrl: 'https://example.com/ping' } }, adds: 512 },
  { what: 'metrics of durations', app: { jobs: { measured: {} }, hasDurations: true }, adds: 512 },
  { what: 'alerts to people', app: { jobs: { measured: {} }, hasAlerts: true }, adds: 6144 },
  { what: 'a spread', app: { jobs: { measured: {} }, schedule: { spread: '10 minutes' } }, adds: 19 * 1024 },
  { what: 'an emulator', app: { jobs: { measured: {} }, isEmulated: true }, adds: 1024 },
];

describe("Belfry's own code in a job's function", () => {
  test.each(USES)('keeps its budget with $what', async ({ what, app, adds }) => {
    const sizes = await ownCode(app);

    const total = bytesIn(sizes);
    // biome-ignore lint/suspicious/noConsole: what each part costs is worth a look at every change
    console.info(`${what}: ${total} of ${BUDGET + adds} bytes\n${partsOf(sizes)}`);
    expect(total).toBeGreaterThan(0);
    expect(total, `the largest files:\n${largestOf(sizes)}\n`).toBeLessThanOrEqual(BUDGET + adds);
  });
});

/** What each room costs, the dearest first. */
function partsOf(sizes: ReadonlyMap<string, number>): string {
  const rooms = new Map<string, number>();
  for (const [source, bytes] of sizes) {
    const room = /^lib\/([^/]+)\//.exec(source)?.[1] ?? 'ground';
    rooms.set(room, (rooms.get(room) ?? 0) + bytes);
  }
  return table(rooms);
}

const largestOf = (sizes: ReadonlyMap<string, number>): string => table(sizes).split('\n').slice(0, 12).join('\n');

const table = (rows: ReadonlyMap<string, number>): string =>
  [...rows]
    .sort(([, one], [, other]) => other - one)
    .map(([name, bytes]) => `${String(bytes).padStart(8)}  ${name}`)
    .join('\n');
