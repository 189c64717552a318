import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOf, type NamedResource, namedResources } from '../cloud/support/names/named-resources.ts';
import type { Report } from '../cloud/support/report.ts';
import { type Finding, unaccepted, unused } from './findings.ts';
import type { Linter } from './linters.ts';
import { type MergedTemplate, mergeTemplates } from './merge.ts';
import { readTemplate } from './synthesize.ts';

export interface Templates {
  readonly files: readonly string[];
  /** Where templates can be written. */
  readonly scratch: string;
  /** Whether they are Belfry's own: then each accepted finding has to be in them. */
  readonly areOurs: boolean;
}

/** The rule by which both linters find two resources of one identity. */
const SAME_IDENTITY = 'E3019';

/** Lints templates, each by itself and all as one, and reports each check. */
export async function checkTemplates(templates: Templates, linters: readonly Linter[], report: Report): Promise<void> {
  const { files, scratch, areOurs } = templates;
  const contents: readonly MergedTemplate[] = await Promise.all(files.map(readTemplate));
  const merged = await writeMerged(join(scratch, 'merged'), contents);
  const found: Finding[] = [];
  for (const { name, lint } of linters) {
    await report.step({ name: `${name} finds two schedules of one name in merged templates` }, () =>
      findsCollision({ name, lint }, scratch),
    );
    await report.step({ name: `${name} finds nothing without a reason in any template, in any region` }, async () => {
      found.push(...(await reject(lint, files)));
    });
    await report.step({ name: `${name} finds nothing without a reason in the merged templates` }, async () => {
      found.push(...(await reject(lint, [merged])));
    });
  }
  await report.step({ name: 'no two resources of the templates have one name' }, async () => {
    const twice = sameNames(contents.map(namedResources));
    if (twice.length > 0) throw new Error(twice.join('\n'));
  });
  if (areOurs) {
    await report.step({ name: 'each accepted finding is found' }, async () => {
      const problems = unused(found);
      if (problems.length > 0) throw new Error(problems.join('\n'));
    });
  }
}

/** @throws Error with the findings that nobody has given a reason for */
async function reject(lint: Linter['lint'], files: readonly string[]): Promise<readonly Finding[]> {
  const findings = await lint(files);
  const left = unaccepted(findings);
  if (left.length > 0) throw new Error(left.join('\n'));
  return findings;
}

async function writeMerged(folder: string, templates: readonly MergedTemplate[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'merged.template.json');
  await writeFile(file, JSON.stringify(mergeTemplates(templates)));
  return file;
}

/** Two templates, right by themselves, that cannot be deployed beside each other: their schedules differ by the group only. */
const COLLIDING: readonly MergedTemplate[] = ['shop-dev', 'shop-prod'].map((GroupName) => ({
  Resources: {
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ...{ Name: 'watchdog', GroupName, ScheduleExpression: 'rate(1 minute)', FlexibleTimeWindow: { Mode: 'OFF' } },
        Target: {
          Arn: 'arn:aws:sqs:us-east-1:111122223333:queue',
          RoleArn: 'arn:aws:iam::111122223333:role/scheduler',
        },
      },
    },
  },
}));

/** A linter that no longer finds it would let every collision pass. */
async function findsCollision({ name, lint }: Linter, scratch: string): Promise<void> {
  const findings = await lint([await writeMerged(join(scratch, 'colliding'), COLLIDING)]);
  if (findings.some(({ rule }) => rule === SAME_IDENTITY)) return;
  throw new Error(`${name} does not find it; it finds ${JSON.stringify(findings)}`);
}

/** What is called alike in several templates: also what linters do not see, whose identity is a URL or an ARN. */
function sameNames(templates: readonly (readonly NamedResource[])[]): readonly string[] {
  const holders = new Map<string, string[]>();
  for (const resource of templates.flat()) {
    const key = keyOf(resource);
    holders.set(key, [...(holders.get(key) ?? []), resource.logicalId]);
  }
  return [...holders].flatMap(([key, ids]) => (ids.length > 1 ? [`${key}: ${ids.join(', ')}`] : []));
}
