import { basename } from 'node:path';
import { ACCEPTED, type Accepted } from './accepted.ts';

/** What a linter says of a template. */
export interface Finding {
  readonly file: string;
  readonly rule: string;
  readonly message: string;
  /** The logical id, where it is about one. */
  readonly resource?: string | null;
}

export const isAccepted = (finding: Finding, { rule, message }: Accepted): boolean =>
  finding.rule === rule && message.test(finding.message);

/** The findings that nobody has given a reason for, each once: a linter repeats them for each region. */
export function unaccepted(findings: readonly Finding[], accepted = ACCEPTED): readonly string[] {
  const left = findings.filter((finding) => !accepted.some((each) => isAccepted(finding, each)));
  const lines = left.map(({ file, rule, resource, message }) => {
    // Of several resources with one identity each is a finding: told once, by the message.
    const about = message.includes(`'${resource}'`) ? '' : ` ${resource ?? ''}`;
    return `${basename(file)}: ${rule}${about}: ${message.replace(SET, inOrder)}`;
  });
  return [...new Set(lines)];
}

/** A Python set in a message, in an order that differs from one finding to the next. */
const SET = /(?<=\{)'[^{}:]+'(?=\})/g;
const inOrder = (ids: string): string => ids.split(', ').sort().join(', ');

/** The reasons for which there is no finding. */
export function unused(findings: readonly Finding[], accepted = ACCEPTED): readonly string[] {
  return accepted
    .filter((each) => !findings.some((finding) => isAccepted(finding, each)))
    .map(
      ({ rule, message }) => `${rule} ${message}: no linter finds this any more; remove its reason from accepted.ts`,
    );
}
