import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURE_APP } from '../fixtures/fixture-app.ts';
import { type Fence, fencesOf, guides, type MarkdownFile, PROJECT } from './markdown.ts';

const WORKSPACE = join(PROJECT, 'node_modules/.cache/belfry/snippets');

/** A block of TypeScript in a document, and the file that it is checked as. */
interface Snippet {
  readonly name: string;
  readonly line: number;
  readonly code: readonly string[];
  readonly file: string;
}

const files = guides();
const blocks = files.flatMap((file) => fencesOf(file).map((fence) => ({ file, fence })));
const snippets = files.flatMap(snippetsOf);

describe('the code in the documents', () => {
  let report = '';

  // One run of the compiler over all snippets.
  beforeAll(async () => {
    await rm(WORKSPACE, { recursive: true, force: true });
    for (const { file, code } of snippets) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${code.join('\n')}\n`);
    }
    await writeFile(join(WORKSPACE, 'tsconfig.json'), JSON.stringify(configuration()));
    report = await compile();
  });
  afterAll(() => rm(WORKSPACE, { recursive: true, force: true }));

  test.each(snippets)('$name compiles', ({ file, line }) => {
    const place = relative(PROJECT, file);
    const findings = report
      .split('\n')
      .filter((finding) => finding.includes(`${place}(`))
      .map((finding) => finding.replace(/^.*?\((\d+),\d+\): /, (_, at: string) => `line ${Number(at) + line - 1}: `));

    expect(findings).toEqual([]);
  });

  test('is all that the compiler finds fault with', () => {
    const foreign = report.split('\n').filter((line) => line !== '' && !line.startsWith(' '));

    expect(foreign.filter((line) => !line.includes(relative(PROJECT, WORKSPACE)))).toEqual([]);
  });

  test('says why where it is not checked', () => {
    const unexplained = blocks
      .filter(({ fence }) => fence.info.startsWith('ts ') || /^(typescript|tsx|js|javascript)\b/.test(fence.info))
      .filter(({ fence }) => fence.info !== 'ts no-check' || !fence.code[0]?.startsWith('// not checked: '))
      .map(({ file, fence }) => `${file.path}:${fence.line}`);

    expect(unexplained).toEqual([]);
  });
});

/**
 * A snippet is a file of a checkout: the one that its first line names (`// infra/access.ts`), else one in `functions/`.
 * So it imports what such a file would: the jobs of the fixture, and what the same document has shown before.
 */
function snippetsOf(file: MarkdownFile): readonly Snippet[] {
  const folder = join(WORKSPACE, file.path.replaceAll(/\W/g, '-'));
  const taken = new Set<string>();
  return fencesOf(file)
    .filter(({ info }) => info === 'ts')
    .map(({ line, code }) => {
      const named = placeOf(code);
      // Shown again, it is a file beside the first.
      const other = `${named === undefined ? 'functions' : dirname(named)}/line-${line}.ts`;
      const place = named === undefined || taken.has(named) ? other : named;
      taken.add(place);
      return { name: `${file.path}:${line}`, line, code, file: join(folder, place) };
    });
}

function placeOf(code: Fence['code']): string | undefined {
  return /^\/\/ ((?:[\w.-]+\/)*[\w.-]+\.ts)\b/.exec(code[0] ?? '')?.[1];
}

/** The repository's own settings; `rootDirs` lays each document's files over the fixture's, since a user may delete their own. */
const configuration = () => ({
  extends: join(PROJECT, 'tsconfig.json'),
  compilerOptions: {
    incremental: false,
    // A folder in node_modules does not resolve the package's own name.
    paths: Object.fromEntries(['', '/cdk', '/client', '/testing'].map((path) => [`belfry${path}`, [entryOf(path)]])),
    rootDirs: [...new Set(files.map(({ path }) => `./${path.replaceAll(/\W/g, '-')}`)), FIXTURE_APP],
    types: ['node'],
    typeRoots: [join(PROJECT, 'node_modules/@types')],
  },
  include: [],
  files: snippets.map(({ file }) => file),
});

const entryOf = (path: string): string => join(PROJECT, 'lib/entry', `${path.slice(1) || 'belfry'}.ts`);

/** What the compiler says, a line for each finding. It exits with a code other than 0 when it finds something. */
function compile(): Promise<string> {
  const tsc = join(PROJECT, 'node_modules/.bin/tsc');
  return new Promise((done) => {
    execFile(tsc, ['-p', WORKSPACE, '--pretty', 'false'], { cwd: PROJECT }, (_error, stdout, stderr) =>
      done(`${stdout}${stderr}`),
    );
  });
}
