import { execFileSync } from 'node:child_process';
import {
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { REPOSITORY } from '../../fixtures/fixture-app.ts';
import { BelfryCommand, type CommandEnd } from './belfry-command.ts';
import { endAllIn } from './processes.ts';

/** For a command that hangs: the whole of `npm test` beside others. */
const HANGS_AFTER_MS = 30 * 60_000;

/** A copy of this checkout's files that Git knows, in a folder of its own, for a user's edits. */
export class CheckoutCopy {
  readonly directory: string;
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
    this.directory = join(root, 'checkout');
  }

  static async create(): Promise<CheckoutCopy> {
    const copy = new CheckoutCopy(await realpath(await mkdtemp(join(tmpdir(), 'belfry-user-'))));
    try {
      for (const folder of ['home', 'tmp']) await mkdir(join(copy.#root, folder));
      await linkTree(join(REPOSITORY, 'node_modules'), join(copy.directory, 'node_modules'));
      await copy.reset();
    } catch (error) {
      await copy.remove();
      throw error;
    }
    return copy;
  }

  /** Takes every edit back. */
  async reset(): Promise<void> {
    for (const name of await readdir(this.directory)) {
      if (name !== 'node_modules') await rm(join(this.directory, name), { recursive: true });
    }
    const listed = execFileSync('git', ['ls-files', '-z'], { cwd: REPOSITORY, encoding: 'utf8' });
    for (const path of listed.split('\0').filter((each) => each !== '')) {
      await mkdir(dirname(join(this.directory, path)), { recursive: true });
      await copyFile(join(REPOSITORY, path), join(this.directory, path));
    }
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.directory, path)), { recursive: true });
    await writeFile(join(this.directory, path), text);
  }

  /** @throws Error when that changes nothing */
  async edit(path: string, change: (text: string) => string): Promise<void> {
    const before = await readFile(join(this.directory, path), 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`${path}: the edit changes nothing`);
    await this.write(path, after);
  }

  async delete(path: string): Promise<void> {
    await rm(join(this.directory, path), { recursive: true, force: true });
  }

  /** Runs a command. @returns what it printed @throws Error with that, when it fails */
  async passes(command: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#run(command);
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${`${stdout}${stderr}`.slice(-12_000)}`);
    return `${stdout}${stderr}`;
  }

  /** Runs a command that must fail. @returns what it printed */
  async fails(command: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#run(command);
    if (code === 0) throw new Error(`${command.join(' ')} passed:\n${`${stdout}${stderr}`.slice(-4000)}`);
    return `${stdout}${stderr}`;
  }

  async #run(command: readonly string[]): Promise<CommandEnd> {
    const startedAt = performance.now();
    const started = new BelfryCommand(command, {
      directory: this.directory,
      environment: { HOME: join(this.#root, 'home'), TMPDIR: join(this.#root, 'tmp') },
    });
    try {
      const end = await started.end(HANGS_AFTER_MS);
      const took = ((performance.now() - startedAt) / 1000).toFixed(0);
      process.stdout.write(`${command.join(' ')}: ended with ${end.code} after ${took} s\n`);
      return end;
    } finally {
      started.kill();
    }
  }

  /** Ends what still runs in the copy, and removes it. */
  async remove(): Promise<void> {
    await endAllIn(this.#root);
    await rm(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Links a tree's files, or copies them to another file system; caches, which are written to in place, are left out. */
async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.name === '.cache' || entry.name === '.vite' || entry.name === '.vitest') continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await link(source, target).catch(() => copyFile(source, target));
  }
}
