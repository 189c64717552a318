import type { Clock } from '../../clock.ts';
import type { Change, Task, TickObserver } from '../../emulators/index.ts';
import { BelfryError } from '../../errors.ts';
import { observeScheduler } from '../../local/schedules.ts';
import type { Terminal } from '../shared/terminal.ts';
import { formatLine, type Line } from '../shared/view/line.ts';
import { formatEvent } from '../shared/view/live-log.ts';
import { printable } from '../shared/view/printable.ts';
import { distance } from '../shared/view/times.ts';

/** What a tick is watched with by somebody who reads along. */
export interface TickLog extends TickObserver {
  onChange(change: Change): void;
}

/** Says what a tick does, a line for each event, in the columns of the live log. */
export function createTickLog({ colors, say }: Terminal, clock: Clock): TickLog {
  const { green, red, yellow } = colors;
  const tell = (line: Line) => say(formatLine(clock.now(), printable(line), colors));
  const fires = observeScheduler((event) => {
    const line = formatEvent(event, colors);
    if (line !== undefined) say(line);
  }, clock);
  return {
    ...fires,
    onDropped: ({ schedule, error }) =>
      tell({
        verb: 'undelivered',
        paint: red,
        subject: schedule.name,
        text: `${reasonOf(error)}; it left no dead letter`,
      }),
    onMissedWhileOff(schedule, times) {
      const latest = times.at(-1) ?? clock.now();
      const text = `${times.length} due while this machine slept or nobody could look, the last ${distance(latest, clock.now())}`;
      tell({ verb: 'not fired', paint: yellow, subject: schedule.name, text });
    },
    onChange: (change) => tell(describeChange(change, { green, yellow })),
    onTrouble: (task, error) =>
      tell({
        verb: 'trouble',
        paint: red,
        subject: task.name,
        text: `${TROUBLES[task.kind]}: ${reasonOf(error)}; it is tried again`,
      }),
    onTroubleOver: ({ name }) => tell({ verb: 'works again', paint: green, subject: name, text: '' }),
  };
}

const TROUBLES: Readonly<Record<Task['kind'], string>> = {
  list: 'its schedules cannot be listed',
  read: 'cannot be read',
  delete: 'is completed and cannot be deleted',
  send: 'takes no message',
};

type Paints = Pick<Terminal['colors'], 'green' | 'yellow'>;

function describeChange(change: Change, { green, yellow }: Paints): Line {
  const subject = change.schedule.name;
  if (change.kind === 'unsupported') return { verb: 'not fired', paint: yellow, subject, text: change.reason };
  if (change.kind === 'gone') return { verb: 'gone', paint: yellow, subject, text: '' };
  const { expression, timezone, isEnabled } = change.schedule;
  const text = `${expression} ${timezone}${isEnabled ? '' : ', disabled'}`;
  return { verb: change.kind, paint: green, subject, text };
}

/** An error in a line. A connection refused at two addresses of one host is two errors, and the first says enough. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const text = error instanceof BelfryError ? error.message : String(error).replace(/^Error: /, '');
  const [line = ''] = text.split('\n');
  return line;
}
