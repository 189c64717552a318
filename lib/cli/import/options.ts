import { InvalidArgumentError } from 'commander';
import { readZone } from '../../cron/zone-name.ts';
import { JOB_NAME } from '../../job/names.ts';
import { readOrRefuse } from '../shared/refusals.ts';

/** An IANA name. @throws CommandError with carets */
export function readTimezone(text: string): string {
  readOrRefuse(() => readZone(text));
  return text;
}

/** The name of a folder in `functions/`, which becomes a part of its stack's name. */
export function readGroup(text: string): string {
  if (JOB_NAME.test(text)) return text;
  throw new InvalidArgumentError('Allowed are up to 40 lower-case letters, digits and hyphens, a letter first.');
}
