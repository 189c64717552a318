import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NamedTemplate, namedResources } from './named-resources.ts';
import type { PlannedStack } from './taken-names.ts';

interface Artifact {
  readonly type: string;
  readonly dependencies?: readonly string[];
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
}

/** A stack of a synthesized app. */
export interface StackTemplate {
  readonly name: string;
  readonly template: NamedTemplate;
}

/** The stacks of a synthesized app, each after those that it needs: the order in which they are deployed. */
export async function stackTemplates(assembly: string): Promise<readonly StackTemplate[]> {
  const read = async (file: string) => JSON.parse(await readFile(join(assembly, file), 'utf8'));
  const { artifacts }: { readonly artifacts: Readonly<Record<string, Artifact>> } = await read('manifest.json');
  const found = new Map<string, StackTemplate>();
  const visit = async (id: string): Promise<void> => {
    const { type, dependencies = [], properties: { templateFile, stackName = id } = {} } = artifacts[id] as Artifact;
    if (type !== 'aws:cloudformation:stack' || templateFile === undefined || found.has(id)) return;
    for (const dependency of dependencies) await visit(dependency);
    found.set(id, { name: stackName, template: await read(templateFile) });
  };
  for (const id of Object.keys(artifacts)) await visit(id);
  return [...found.values()];
}

/** What of these stacks has a name, in the same order. */
export async function plannedStacks(assembly: string): Promise<readonly PlannedStack[]> {
  const stacks = await stackTemplates(assembly);
  return stacks.map(({ name, template }) => ({ name, resources: namedResources(template) }));
}
