import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnreadableAssemblyError } from './errors.ts';
import type { Template } from './template.ts';

/** A stack of the assembly, not yet resolved. */
export interface SynthesizedStack {
  readonly name: string;
  readonly template: Template;
}

/** What the CDK leaves in its output folder, of it what is needed here. */
export interface CloudAssembly {
  readonly stacks: readonly SynthesizedStack[];
  /** Folders of file assets, by the hash that is their object key in the bootstrap bucket. */
  readonly assets: ReadonlyMap<string, string>;
}

interface AssemblyManifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly file?: string;
    readonly directoryName?: string;
  };
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, { readonly source: { readonly path?: string } }>>;
}

/**
 * Reads `manifest.json` and what it points to, stages (assemblies within the assembly) included.
 *
 * @see https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
 * @throws UnreadableAssemblyError
 */
export function readCloudAssembly(directory: string): CloudAssembly {
  const stacks: SynthesizedStack[] = [];
  const assets = new Map<string, string>();
  const { artifacts = {} } = readJson<AssemblyManifest>(directory, 'manifest.json');

  for (const [id, { type, properties = {} }] of Object.entries(artifacts)) {
    const { templateFile, stackName = id, file, directoryName } = properties;
    if (type === 'aws:cloudformation:stack' && templateFile !== undefined) {
      stacks.push({ name: stackName, template: readJson<Template>(directory, templateFile) });
    }
    if (type === 'cdk:asset-manifest' && file !== undefined) addAssets(assets, directory, file);
    if (type === 'cdk:cloud-assembly' && directoryName !== undefined) {
      const nested = readCloudAssembly(join(directory, directoryName));
      stacks.push(...nested.stacks);
      for (const [hash, path] of nested.assets) assets.set(hash, path);
    }
  }
  return { stacks, assets };
}

function addAssets(assets: Map<string, string>, directory: string, file: string): void {
  const { files = {} } = readJson<AssetManifest>(directory, file);
  for (const [hash, { source }] of Object.entries(files)) {
    if (source.path !== undefined) assets.set(hash, join(directory, source.path));
  }
}

/** What the files say beyond being JSON is trusted: the CDK wrote them a moment ago. */
export function readJson<Content>(directory: string, file: string): Content {
  const path = join(directory, file);
  if (!existsSync(path)) {
    throw new UnreadableAssemblyError(directory, `it has no ${file}; synthesize the app into it first (npx cdk synth)`);
  }
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UnreadableAssemblyError(directory, `${file} is not JSON`, { cause: error });
  }
}
