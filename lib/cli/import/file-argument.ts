import { resolve } from 'node:path';
import { CommandError, EXIT } from '../shared/exit-codes.ts';
import { oneLine } from './safe-text.ts';

/**
 * Where a file lies that somebody named: from the folder of their shell. `npm run` moves to the project's folder, and
 * keeps the other in `INIT_CWD`.
 *
 * @see https://docs.npmjs.com/cli/v10/commands/npm-run-script
 */
export const fullPath = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);

export const noSuchFile = (path: string): CommandError =>
  new CommandError(`there is no such file: ${oneLine(fullPath(path))}`, EXIT.usage);
