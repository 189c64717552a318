import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FIXTURE_APP } from '../fixtures/fixture-app.ts';
import { anchorsOf, guides, type MarkdownFile, PROJECT, proseOf, readMarkdown } from './markdown.ts';

const files = [...guides(), ...['CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'].map(readMarkdown)];

describe('every relative link leads somewhere', () => {
  test.each(files)('in $path', (file) => {
    expect(relativeLinksOf(file).filter((link) => !resolves(file, link))).toEqual([]);
  });
});

describe('every test that docs/guarantees.md names exists', () => {
  const named = proseOf(readMarkdown('docs/guarantees.md')).flatMap(namedTestsOf);

  test('and it names some', () => {
    expect(named.length).toBeGreaterThan(20);
  });

  test.each(named)('$path: $title', ({ path, title }) => {
    const source = readFileSync(join(PROJECT, path), 'utf8');

    expect(source.includes(`'${title}'`) || source.includes(`"${title}"`) || source.includes(`\`${title}\``)).toBe(
      true,
    );
  });
});

const relativeLinksOf = (file: MarkdownFile): readonly string[] =>
  proseOf(file)
    .flatMap((line) => [...line.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? ''))
    .filter((target) => !/^[a-z]+:/.test(target));

function resolves({ path, ...file }: MarkdownFile, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const place = target === '' ? path : posix.join(dirname(path), target);
  // The examples in `functions/` and `infra/` are the user's to delete: the fixture has files of the same names.
  if (![PROJECT, FIXTURE_APP].some((folder) => existsSync(join(folder, place)))) return false;
  if (anchor === undefined) return true;
  return anchorsOf(target === '' ? { path, ...file } : readMarkdown(place)).has(anchor);
}

/** `[run](../test/run/x.test.ts) "title", "another"`: the titles behind a link to a file of tests. */
function namedTestsOf(line: string): readonly { readonly path: string; readonly title: string }[] {
  return [...line.matchAll(/\]\(\.\.\/(test\/[^)]+\.test\.ts)\)((?:,? "[^"]+")+)/g)].flatMap(
    ([, path = '', titles = '']) => [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ path, title })),
  );
}
