import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CalendarFileError } from '../../../lib/app/calendars/calendar-file-error.ts';
import { createCalendarReader } from '../../../lib/app/calendars/read-calendar-file.ts';
import { epochMs } from '../../../lib/units.ts';
import { createFolder } from '../../cdk/support.ts';

export const at = (now: string) => ({ now: epochMs(Date.parse(now)) });
export const NOW = at('2027-05-20T12:00:00Z');

export const directory = createFolder();

/** What a file of this text gives. */
export function read(text: string, now = NOW): readonly string[] {
  writeFileSync(join(directory, 'closed.ics'), text);
  return createCalendarReader({ projectDirectory: directory, ...now })('closed.ics');
}

/** What is noted of a file of this text. */
export function notesOf(text: string): readonly string[] {
  const notes: string[] = [];
  writeFileSync(join(directory, 'closed.ics'), text);
  createCalendarReader({ projectDirectory: directory, ...NOW, note: (note) => notes.push(note) })('closed.ics');
  return notes;
}

export const calendarOf = (...events: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events, 'END:VCALENDAR', ''].join('\r\n');

export const event = (...lines: readonly string[]): string => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');

/** The days of one event. */
export const daysOf = (...lines: readonly string[]): readonly string[] => read(calendarOf(event(...lines)));

export function problemOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof CalendarFileError) return error.message;
    throw error;
  }
  throw new Error('nothing was found wrong');
}
