import { InvalidArgumentError } from 'commander';
import { DEPLOYMENT_NAME } from '../../job/names.ts';
import type { Drop } from '../../local/drops.ts';
import { type EpochMs, epochMs, HOUR, MINUTE, type Milliseconds, milliseconds, SECOND } from '../../units.ts';

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR };

/** `30s`, `2m`, `1h`. */
export function readLength(text: string): Milliseconds {
  const match = /^(\d+)([smh])$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined)
    throw new InvalidArgumentError('Allowed is a number with s, m or h: 30s, 2m, 1h.');
  return milliseconds(Number(match[1]) * unit);
}

export function readStage(text: string): string {
  if (!DEPLOYMENT_NAME.test(text))
    throw new InvalidArgumentError('Allowed are up to 12 lower-case letters and digits, a letter first.');
  return text;
}

/** The name of an app, part of the names of all that it deploys. */
export const readAppName = readStage;

/** JSON, as the value it is. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`It is not JSON: ${(error as Error).message}.`);
  }
}

/** One that needs no special rights. */
export function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1024 && port <= 65_535) return port;
  throw new InvalidArgumentError('Allowed is a whole number from 1024 to 65535.');
}

/** From 0 to 1. */
export function readChance(text: string): number {
  const chance = Number(text);
  if (text.trim() === '' || !(chance >= 0 && chance <= 1))
    throw new InvalidArgumentError('Allowed is a number from 0 to 1.');
  return chance;
}

/** `nightly=2`, once more for each schedule. */
export function readDrop(text: string, earlier: readonly Drop[] = []): readonly Drop[] {
  const [, schedule, count] = /^(.+)=([1-9]\d{0,5})$/.exec(text) ?? [];
  if (schedule === undefined)
    throw new InvalidArgumentError(
      'Allowed is the id of a schedule, and how many of its due times, from 1: nightly=2.',
    );
  return [...earlier, { schedule, count: Number(count) }];
}

const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/i;

/** `2027-03-01T00:00Z`, or with an offset, `2027-03-01T01:00+01:00`: an instant, whatever zone somebody is in. */
export function readInstant(text: string): EpochMs {
  const [, date = '', time = '', seconds = ':00', offset = ''] = INSTANT.exec(text) ?? [];
  const instant = Date.parse(`${date}T${time}${seconds}${offset.toUpperCase()}`);
  if (!Number.isNaN(instant) && isOnCalendar(date)) return epochMs(instant);
  const local = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::[\d.]+)?)?$/.exec(text);
  const day = date || local?.[1];
  if (day !== undefined && !isOnCalendar(day)) throw new InvalidArgumentError(`There is no such day: ${day}.`);
  if (date !== '' || local === null) {
    throw new InvalidArgumentError('Allowed is an instant, such as 2027-03-01T00:00Z or 2027-03-01T01:00+01:00.');
  }
  const minute = `${local[1]}T${local[2] ?? '00:00'}`;
  throw new InvalidArgumentError(
    `It does not say in which zone: write ${minute}Z for UTC, or the offset, as in ${minute}+01:00.`,
  );
}

/** `Date.parse` reads the 30th of February as a day in March. */
function isOnCalendar(date: string): boolean {
  const midnight = Date.parse(`${date}T00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
}

/** How many due times may be asked for. */
const MAX_COUNT = 1000;

/** A whole number, 1 to 1000. */
export function readCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_COUNT) return count;
  throw new InvalidArgumentError(`Allowed is a whole number from 1 to ${MAX_COUNT}.`);
}
