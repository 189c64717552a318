import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Metafile } from 'esbuild';
import { build } from '../../lib/cdk/bundle/build.ts';
import { createFolder } from './support.ts';

/** Texts by path, and packages as folders of them. */
export type Files = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Writes files and bundles what `job.ts` exports by default, a function. */
export function bundled(files: Files) {
  const directory = realpathSync(createFolder());
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  write('package.json', '{ "type": "module" }');
  for (const [path, content] of Object.entries(files)) {
    if (typeof content === 'string') write(path, content);
    else {
      const withPackage = { 'package.json': '{}', ...content };
      for (const [name, text] of Object.entries(withPackage)) write(`node_modules/${path}/${name}`, text);
    }
  }
  const source = `export { default } from ${JSON.stringify(join(directory, 'job.ts'))};`;
  const metafile = build([{ name: 'entry', source }], directory);
  const run = async (): Promise<unknown> => {
    const url = pathToFileURL(join(directory, 'out/entry.mjs')).href;
    return ((await import(/* @vite-ignore */ url)) as { default(): unknown }).default();
  };
  return { inputs: inputsOf(metafile), run };
}

const inputsOf = ({ inputs }: Metafile): readonly string[] =>
  Object.keys(inputs).filter((path) => path.startsWith('node_modules/'));
