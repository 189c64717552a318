import { InvalidArgumentError } from 'commander';
import { APP_NAME } from '../../job/names.ts';
import { type Milliseconds, milliseconds } from '../../units.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `30s`, `2m`, `1h`. */
export function readLength(text: string): Milliseconds {
  const match = /^(\d+)([smh])$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined)
    throw new InvalidArgumentError('Allowed is a number with s, m or h: 30s, 2m, 1h.');
  return milliseconds(Number(match[1]) * unit);
}

export function readStage(text: string): string {
  if (!APP_NAME.test(text))
    throw new InvalidArgumentError('Allowed are up to 12 lower-case letters, digits and hyphens, a letter first.');
  return text;
}

/** JSON, as the value it is. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`It is not JSON: ${(error as Error).message}.`);
  }
}

/** From 0 to 1. */
export function readChance(text: string): number {
  const chance = Number(text);
  if (text.trim() === '' || !(chance >= 0 && chance <= 1))
    throw new InvalidArgumentError('Allowed is a number from 0 to 1.');
  return chance;
}
