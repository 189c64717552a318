import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NamedTemplate, namedResources } from './named-resources.ts';
import type { PlannedStack } from './taken-names.ts';

interface Artifact {
  readonly type: string;
  readonly dependencies?: readonly string[];
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
}

/** The stacks of a synthesized app, each after those that it needs: the order in which they are deployed. */
export async function plannedStacks(assembly: string): Promise<readonly PlannedStack[]> {
  const read = async (file: string) => JSON.parse(await readFile(join(assembly, file), 'utf8'));
  const { artifacts }: { readonly artifacts: Readonly<Record<string, Artifact>> } = await read('manifest.json');
  const planned = new Map<string, PlannedStack>();
  const plan = async (id: string): Promise<void> => {
    const { type, dependencies = [], properties: { templateFile, stackName = id } = {} } = artifacts[id] as Artifact;
    if (type !== 'aws:cloudformation:stack' || templateFile === undefined || planned.has(id)) return;
    for (const dependency of dependencies) await plan(dependency);
    const template: NamedTemplate = await read(templateFile);
    planned.set(id, { name: stackName, resources: namedResources(template) });
  };
  for (const id of Object.keys(artifacts)) await plan(id);
  return [...planned.values()];
}
