/** A job's policy as TypeScript, and the body of its `run(input, { run, log, signal })`. */
export interface JobSource {
  readonly policy?: string;
  readonly imports?: string;
  readonly body: string;
}

/**
 * The text of a file in `functions/`. Its body has `file(name)`, a path that tests can see, with
 * `appendFileSync`, `existsSync` and `writeFileSync`; and `sleep(ms)`.
 */
export function jobFile(name: string, { policy = '', imports = '', body }: JobSource): string {
  return `import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { defineJob, NonRetryableError } from 'belfry';
${imports}
const file = (name: string) => process.env.TEST_FILES + '/' + name;
void [appendFileSync, existsSync, writeFileSync, sleep, z, NonRetryableError];

export default defineJob('${name}', {
  ${policy}
  async run(input, { run, log, signal }) {
    void [input, run, log, signal, file];
    ${body}
  },
});
`;
}
