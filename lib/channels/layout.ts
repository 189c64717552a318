import type { AlertFacts, AlertLink } from '../observe/alert.ts';
import { instantText, isList, type Notice } from './notice.ts';

/** An alert in the parts that chat channels show one below the other. All of it is plain text that may hold anything. */
export interface Layout {
  readonly isOver: boolean;
  readonly title: string;
  /** The error with its first frame; or where there is none, what the alert says beside its title. */
  readonly text: string;
  readonly fields: readonly { readonly label: string; readonly value: string }[];
  readonly links: readonly AlertLink[];
  readonly command: string | undefined;
}

export function layOut({ subject, body, facts, overSince }: Notice): Layout {
  const { isOver = false, since } = facts;
  // The rest of a list's facts is about one of its alerts; its text names all.
  const { job, run, attempts, error, links = [], command } = isList(facts) ? NOTHING : facts;
  const fields = [
    { label: 'Job', value: job },
    { label: 'Run', value: run },
    { label: 'Since', value: instantText(since) },
    { label: 'Attempts', value: attempts?.toString() },
    { label: 'Over', value: overSince && `since ${instantText(overSince)}: this message was delayed` },
  ];
  return {
    isOver,
    title: subject,
    text: (error ?? withoutTitle(body, subject)).trim(),
    fields: fields.flatMap(({ label, value }) => (value === undefined ? [] : [{ label, value }])),
    links: links.filter(({ url }) => /^https?:\/\//.test(url)),
    command,
  };
}

const NOTHING: Partial<AlertFacts> = {};

/** Bodies begin with the subject, which may have been cut to what SNS takes. */
function withoutTitle(body: string, subject: string): string {
  const [first = '', ...rest] = body.split('\n');
  const start = subject.replace(/…$|\.\.\.$/, '');
  return start !== '' && first.startsWith(start) ? [first.slice(start.length) && first, ...rest].join('\n') : body;
}
