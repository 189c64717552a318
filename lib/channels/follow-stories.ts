import type { EpochMs } from '../units.ts';
import { type Episode, episodeKey, isList, type Notice, partsOf } from './notice.ts';
import type { DeliveryLog } from './ports.ts';

export interface FollowPorts {
  readonly log: DeliveryLog;
  /** Reports that the table cannot be asked. */
  readonly onError: (error: unknown) => void;
}

/**
 * Notes the episodes that a message ends, and finds out what became of its stories since it was made: an alert that is delayed
 * may be over, and a story whose end is delayed may have begun once more. Without the table it is left out.
 */
export async function followStories(
  notice: Notice,
  { isDelayed }: { readonly isDelayed: boolean },
  { log, onError }: FollowPorts,
): Promise<Notice> {
  try {
    const ends = partsOf(notice).filter(({ isOver }) => isOver === true);
    await Promise.all(ends.map((end) => log.noteOver(end, notice.at)));
    const over = isDelayed ? await episodesOver(notice, log) : [];
    const begun = await episodesBegun(ends, log);
    return withEpisodes(notice, { over, begun });
  } catch (error) {
    onError(error);
    return notice;
  }
}

interface Changed {
  readonly key: string;
  readonly at: EpochMs;
}

/** Those that a message begins and a later one has ended. */
async function episodesOver(notice: Notice, log: DeliveryLog): Promise<readonly Changed[]> {
  const begun = partsOf(notice).filter(({ isOver }) => isOver !== true);
  const found = await Promise.all(begun.map(async (each) => ({ key: episodeKey(each), at: await log.overAt(each) })));
  return found.flatMap(({ key, at }) => (at === undefined || at < notice.at ? [] : [{ key, at }]));
}

/** Those that a message ends and whose story is open in a later episode. */
async function episodesBegun(ends: readonly Episode[], log: DeliveryLog): Promise<readonly Changed[]> {
  const found = await Promise.all(ends.map(async (end) => ({ end, at: await log.openSince(end.story) })));
  return found.flatMap(({ end, at }) => (at === undefined || at <= end.since ? [] : [{ key: episodeKey(end), at }]));
}

function withEpisodes(notice: Notice, { over, begun }: Readonly<Record<'over' | 'begun', readonly Changed[]>>): Notice {
  if (isList(notice.facts)) {
    return {
      ...notice,
      overEpisodes: new Set(over.map(({ key }) => key)),
      begunEpisodes: new Set(begun.map(({ key }) => key)),
    };
  }
  const [overSince, begunSince] = [over[0]?.at, begun[0]?.at];
  return {
    ...notice,
    ...(overSince === undefined ? {} : { overSince }),
    ...(begunSince === undefined ? {} : { begunSince }),
  };
}
