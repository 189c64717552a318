import { systemClock } from '../../clock.ts';
import { type Change, createTick, type Tick, tickClients } from '../../emulators/index.ts';
import { stageNames } from '../../job/names.ts';
import type { Milliseconds } from '../../units.ts';
import { type ConnectionOptions, emulatorConnection } from '../shared/connection.ts';
import { endOfRun } from '../shared/end-of-run.ts';
import { CommandError, EXIT } from '../shared/exit-codes.ts';
import { appName, findProject } from '../shared/project.ts';
import { openTerminal, type Terminal } from '../shared/terminal.ts';
import { formatTickSchedules } from '../shared/view/schedule-table.ts';
import { createTickLog, reasonOf } from './tick-log.ts';

export interface TickOptions extends ConnectionOptions {
  readonly stage: string;
  /** @default the app that cdk.json names, or that was last synthesized */
  readonly app?: string;
  readonly for?: Milliseconds;
}

/** `belfry tick`: fires the deployment's schedules at an emulator that does not, until Ctrl-C or for a while. */
export async function tick({ stage, app, for: length, endpoint, region }: TickOptions): Promise<void> {
  const { scheduleGroup } = stageNames({ app: app ?? (await appName(findProject(process.cwd()))), stage });
  const terminal = openTerminal({ isForMachine: false });
  const log = createTickLog(terminal, systemClock);
  const clients = tickClients(emulatorConnection({ endpoint, region }));
  const ticking = createTick({ clients, groups: [scheduleGroup], clock: systemClock, observer: log });
  const end = endOfRun(length);
  try {
    const found = await startAt(endpoint, ticking);
    introduce({ group: scheduleGroup, endpoint, region, ticking }, terminal);
    for (const change of found) if (change.kind === 'unsupported') log.onChange(change);
    end.startCounting();
    await end.reached;
  } finally {
    await ticking.stop();
    for (const client of Object.values(clients)) client.destroy();
    end.forget();
  }
}

async function startAt(endpoint: string, ticking: Tick): Promise<readonly Change[]> {
  try {
    return await ticking.start();
  } catch (error) {
    throw new CommandError(
      `the schedules at ${endpoint} cannot be listed: ${reasonOf(error)}. Start the emulator, or name another with --endpoint or AWS_ENDPOINT_URL`,
      EXIT.unavailable,
      { cause: error },
    );
  }
}

interface Introduction {
  readonly group: string;
  readonly endpoint: string;
  readonly region: string;
  readonly ticking: Tick;
}

function introduce({ group, endpoint, region, ticking }: Introduction, { colors, say }: Terminal): void {
  const schedules = ticking.schedules();
  say(
    `${colors.bold('Belfry')} ${group}, firing the schedules at ${colors.cyan(endpoint)}, ${region}; Ctrl-C ends it\n`,
  );
  const table = formatTickSchedules(schedules, systemClock.now(), colors);
  say(`${schedules.length > 0 ? table : `The group ${group} has no schedules there yet: waiting for them.`}\n`);
}
