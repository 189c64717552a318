import type { Alert, AlertFacts, ListedFacts } from '../observe/alert.ts';
import { cut } from '../run/run-error.ts';

/** SNS takes messages of 256 KB, their attributes included: so many characters are within it, whatever their language. */
const MAX_TEXT = 60_000;
/** How many causes one message is about: SNS takes the facts of so many beside the longest text, and a pager events at its pace. */
export const MAX_CAUSES = 50;
const MAX_SUBJECT = 150;
const MAX_ERROR = 150;

/** Several alerts in one message: their subjects, and below them their texts as far as there is room. */
export function listAlerts(alerts: readonly Alert[], stage: string): Alert {
  const mark = `[${stage}] `;
  const names = alerts.map(({ subject }) => (subject.startsWith(mark) ? subject.slice(mark.length) : subject));
  const subject = `${mark}${alerts.length} alerts: ${names.join('; ')}`;
  const named = fitting(names, MAX_TEXT / 2);
  const bodies = fitting(
    alerts.map(({ body }) => `\n---\n${body}`),
    MAX_TEXT / 2,
  );
  const unnamed = names.length - named.length;
  const cut = alerts.length - bodies.length;
  const lines = [
    `${mark}${alerts.length} alerts in one message`,
    '',
    ...named,
    ...(unnamed > 0 ? [`and ${unnamed} more`] : []),
    ...bodies,
    ...(cut > 0 ? ['', `The texts of ${cut} more are left out.`] : []),
  ];
  return { subject, body: lines.join('\n'), facts: factsOf(alerts) };
}

/** The first texts, together not longer than that. */
function fitting(texts: readonly string[], length: number): readonly string[] {
  let left = length;
  const end = texts.findIndex((text) => {
    left -= text.length + 1;
    return left < 0;
  });
  return end === -1 ? texts : texts.slice(0, end);
}

function factsOf(alerts: readonly Alert[]): AlertFacts {
  const [first] = alerts;
  if (first === undefined) throw new RangeError('a list of no alerts');
  const { kind, story, since } = first.facts;
  const isOver = alerts.every(({ facts }) => facts.isOver === true);
  const each = alerts.flatMap(listed);
  return { kind, story, since, ...(isOver ? { isOver } : {}), each };
}

/** An alert may be about several stories itself. */
function listed({ subject, facts }: Alert): readonly ListedFacts[] {
  const { links: _, error, each, ...brief } = facts;
  const own = error === undefined ? brief : { ...brief, error: cut(error, MAX_ERROR) };
  return each ?? [{ ...own, subject: cut(subject, MAX_SUBJECT) }];
}
