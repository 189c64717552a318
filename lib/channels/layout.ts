import type { AlertFacts, AlertLink } from '../observe/alert.ts';
import type { EpochMs } from '../units.ts';
import { episodeKey, instantText, isList, type Notice, partsOf } from './notice.ts';

/** An alert in the parts that chat channels show one below the other. All of it is plain text that may hold anything. */
export interface Layout {
  /** Whether all is well: what it says is over has not begun once more. */
  readonly isOver: boolean;
  readonly title: string;
  /** The error with its first frame; or where there is none, what the alert says beside its title. */
  readonly text: string;
  readonly fields: readonly { readonly label: string; readonly value: string }[];
  readonly links: readonly AlertLink[];
  readonly command: string | undefined;
}

export function layOut(notice: Notice): Layout {
  const { subject, body, facts } = notice;
  const { isOver = false } = facts;
  const { over, begun } = delayNotes(notice);
  // The rest of a list's facts is about one of its alerts; its text names all.
  const { since, job, run, attempts, error, links = [], command } = isList(facts) ? NOTHING : facts;
  const fields = [
    { label: 'Job', value: job },
    { label: 'Run', value: run },
    { label: 'Since', value: since && instantText(since) },
    { label: 'Attempts', value: attempts?.toString() },
    { label: 'Over', value: over && `${over}: this message was delayed` },
    { label: 'Begun once more', value: begun && `${begun}: this message was delayed` },
  ];
  return {
    isOver: isOver && begun === undefined,
    title: titleOf(notice),
    text: (error ?? withoutTitle(body, subject)).trim(),
    fields: fields.flatMap(({ label, value }) => (value === undefined ? [] : [{ label, value }])),
    links: links.filter(({ url }) => /^https?:\/\//.test(url)),
    command,
  };
}

/** The subject. One that says that it is over, where it has begun once more, says first that it is late. */
export function titleOf(notice: DelayedNotice & Pick<Notice, 'subject'>): string {
  const { subject } = notice;
  return delayNotes(notice).begun === undefined ? subject : subject.replace(/^(\[[^\]]*\] )?/, '$1delayed: ');
}

/** A text that is shorter than that of a message: of a list what each of its alerts is about, of one alert none. */
export const shorterText = ({ facts }: Pick<Notice, 'facts'>): string | undefined =>
  isList(facts)
    ? facts.each.map(({ subject, story }) => (subject ?? story).replaceAll(/\s+/g, ' ').trim()).join('\n')
    : undefined;

/**
 * What stands below a text that a service takes only in part.
 *
 * @param shown the whole text, the shorter one in its place, or a part of that one
 */
export const cutNote = (shown: 'text' | 'names' | 'some names', service: string): string =>
  `${CUT_NOTES[shown]}: ${service} takes no more. \`belfry show\` of a run has its error in full.`;

const CUT_NOTES = {
  text: 'The text goes on',
  names: 'The texts of these alerts are left out',
  'some names': 'The list goes on',
} as const;

/**
 * What became of the stories of a message before it came: `since 2027-03-02 01:00 UTC`, and of a list the names of those of
 * which it is so. Undefined where nothing did.
 */
export function delayNotes(notice: DelayedNotice): Readonly<Record<'over' | 'begun', string | undefined>> {
  const { overSince, begunSince, overEpisodes, begunEpisodes } = notice;
  return { over: delayNote(overSince, overEpisodes, notice), begun: delayNote(begunSince, begunEpisodes, notice) };
}

type DelayedNotice = Pick<Notice, 'facts' | 'overSince' | 'begunSince' | 'overEpisodes' | 'begunEpisodes'>;

function delayNote(
  since: EpochMs | undefined,
  episodes: ReadonlySet<string> | undefined,
  notice: DelayedNotice,
): string | undefined {
  if (since !== undefined) return `since ${instantText(since)}`;
  const names = partsOf(notice).flatMap((each) => (episodes?.has(episodeKey(each)) ? [each.story] : []));
  return names.length === 0 ? undefined : names.join(', ');
}

const NOTHING: Partial<AlertFacts> = {};

/** Bodies begin with the subject, which may have been cut to what SNS takes. */
function withoutTitle(body: string, subject: string): string {
  const [first = '', ...rest] = body.split('\n');
  const start = subject.replace(/…$|\.\.\.$/, '');
  return start !== '' && first.startsWith(start) ? [first.slice(start.length) && first, ...rest].join('\n') : body;
}
