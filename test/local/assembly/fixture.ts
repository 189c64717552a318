// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax of Fn::Sub

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type LoadOptions, loadAssembly } from '../../../lib/local/assembly/index.ts';

export const ORIGIN = 'http://127.0.0.1:4510';

/** The hash of the one asset of every fixture, and its folder. */
export const ASSET = 'a'.repeat(64);

export type Template = Record<string, unknown>;

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'belfry-assembly-')));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A new folder, removed after the tests of the file. */
export const createFolder = (): string => mkdtempSync(join(scratch, 'assembly-'));

/** Writes a cloud assembly of these stacks as the CDK would. @returns its folder */
export function writeAssembly(stacks: Readonly<Record<string, Template>>): string {
  const directory = createFolder();
  const write = (file: string, content: unknown) => writeFileSync(join(directory, file), JSON.stringify(content));
  mkdirSync(join(directory, `asset.${ASSET}`));
  const artifacts = Object.keys(stacks).flatMap((name) => [
    [`${name}.assets`, { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } }],
    [
      name,
      { type: 'aws:cloudformation:stack', properties: { templateFile: `${name}.template.json`, stackName: name } },
    ],
  ]);
  write('manifest.json', { version: '48.0.0', artifacts: Object.fromEntries(artifacts) });
  write('belfry.json', { v: 1, app: 'app', stage: 'dev', jobs: [], schedules: [], resources: {} });
  for (const [name, template] of Object.entries(stacks)) {
    write(`${name}.template.json`, template);
    write(`${name}.assets.json`, { files: { [ASSET]: { source: { path: `asset.${ASSET}`, packaging: 'zip' } } } });
  }
  return directory;
}

/** A function that has these variables. */
export const functionWith = (Variables: Record<string, unknown>, properties: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: 'app-dev-job',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { S3Bucket: { 'Fn::Sub': 'cdk-assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: `${ASSET}.zip` },
    Environment: { Variables },
    ...properties,
  },
});

/** What the variable VALUE of a function becomes that has it within this template. */
export function resolveVariable(VALUE: unknown, template: Template = {}, others: Record<string, Template> = {}) {
  const Resources = { ...(template.Resources as object), Function: functionWith({ VALUE }) };
  return load({ 'app-dev': { ...template, Resources }, ...others }).functions[0]?.environment.VALUE;
}

export const load = (stacks: Record<string, Template>, options: Partial<LoadOptions> = {}) =>
  loadAssembly(writeAssembly(stacks), { origin: ORIGIN, ...options });
