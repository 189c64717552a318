import type { Candidate } from '../found.ts';
import { inComment, literal, shorten } from '../safe-text.ts';
import { originLine } from './job-files.ts';
import { LIBRARY } from './schedules-file.ts';

const LINE_WIDTH = 120;
const MAX_COMMENT_LENGTH = 4000;

/**
 * The file of a job that does not do its work yet: it says what the work was, and every run of it fails at its first
 * attempt.
 */
export function renderStub(name: string, candidate: Candidate): string {
  return [
    `import { defineJob, NonRetryableError } from '${LIBRARY}';`,
    '',
    '/**',
    ...commentLines(candidate).map((line) => (line === '' ? ' *' : ` * ${line}`)),
    ' */',
    `export default defineJob('${name}', {`,
    ...policyLines(candidate),
    '  run() {',
    ...throwLines("not ported yet: the comment in the job's file says what it ran"),
    '  },',
    '});',
    '',
  ].join('\n');
}

function commentLines({ command, remarks, porting, origin }: Candidate): readonly string[] {
  const notes = [...remarks, ...porting.map((reason) => `To port: ${reason}.`)];
  return [
    'Not ported yet. What it ran:',
    '',
    `    ${inComment(shorten(command, MAX_COMMENT_LENGTH))}`,
    '',
    ...notes.map(inComment),
    ...(notes.length === 0 ? [] : ['']),
    'A further import knows the job by the next line.',
    inComment(originLine(origin)),
  ];
}

function policyLines({ policy: { timeout, maxAttempts, overlap } }: Candidate): readonly string[] {
  return [
    ...(timeout === undefined ? [] : [`  timeout: ${literal(timeout)},`]),
    ...(maxAttempts === undefined ? [] : [`  retry: { maxAttempts: ${maxAttempts} },`]),
    ...(overlap === undefined ? [] : [`  overlap: ${literal(overlap)},`]),
  ];
}

function throwLines(message: string): readonly string[] {
  const text = literal(message);
  const line = `    throw new NonRetryableError(${text});`;
  return line.length <= LINE_WIDTH ? [line] : ['    throw new NonRetryableError(', `      ${text},`, '    );'];
}
