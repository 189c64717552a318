import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { REPOSITORY } from '../../fixtures/fixture-app.ts';
import type { NamedTemplate } from './names/named-resources.ts';
import { clientConfig, type Target } from './target.ts';

/** What an earlier version has synthesized, whose schedules were named by their ids alone. */
const EARLIER = join(REPOSITORY, 'test/fixtures/earlier-assembly');

/** The main stack first: the other imports from it. */
const STACKS = ['shop-prod', 'shop-prod-billing'];

type Template = NamedTemplate & { readonly Resources: NonNullable<NamedTemplate['Resources']> };

/**
 * Deploys the earlier templates by CloudFormation alone, and has a checkout's cdk.out show them. The code of their functions
 * is not there any more: one that does nothing takes its place. Alarms over several metrics are left out.
 */
export async function deployEarlier(target: Target, assembly: string): Promise<void> {
  await cp(EARLIER, assembly, { recursive: true });
  const client = new CloudFormationClient(clientConfig(target));
  for (const StackName of STACKS) {
    const path = join(assembly, `${StackName}.template.json`);
    const TemplateBody = JSON.stringify(deployable(JSON.parse(await readFile(path, 'utf8'))));
    await writeFile(path, TemplateBody);
    await client.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_IAM'] }));
    await waitUntilStackCreateComplete({ client, maxWaitTime: 600, minDelay: 1, maxDelay: 5 }, { StackName });
  }
  const artifact = (stack: string) => ({
    type: 'aws:cloudformation:stack',
    environment: 'aws://unknown-account/unknown-region',
    properties: { templateFile: `${stack}.template.json` },
  });
  const artifacts = Object.fromEntries(STACKS.map((stack) => [stack, artifact(stack)]));
  await writeFile(join(assembly, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
}

function deployable({ Resources, ...template }: Template): Template {
  const kept = Object.entries(Resources).filter(([, { Properties = {} }]) => Properties['Metrics'] === undefined);
  const placed = kept.map(([logicalId, resource]) => {
    if (resource.Type !== 'AWS::Lambda::Function') return [logicalId, resource];
    const Code = { ZipFile: 'exports.handler = async () => {};' };
    return [logicalId, { ...resource, Properties: { ...resource.Properties, Code } }];
  });
  return { ...template, Resources: Object.fromEntries(placed) };
}
