import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
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
    const reject = async (linted: readonly string[]): Promise<void> => {
      const findings = await lint(linted);
      found.push(...findings);
      refuse(unaccepted(findings));
    };
    const named = `${name} finds nothing without a reason in`;
    await report.step({ name: `${named} any template, in any region` }, () => reject(files));
    await report.step({ name: `${named} the merged templates` }, () => reject([merged]));
  }
  await report.step({ name: 'no two resources of the templates have one name' }, async () => {
    refuse(sameNames(contents.map(namedResources), files));
  });
  if (areOurs) {
    await report.step({ name: 'each accepted finding is found' }, async () => {
      refuse(unused(found));
    });
  }
}

/** How many problems of one check are shown. */
const MAX_SHOWN = 20;

/** @throws Error with the problems, if there are any */
function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const more = problems.length > MAX_SHOWN ? [`and ${problems.length - MAX_SHOWN} more`] : [];
  throw new Error([...problems.slice(0, MAX_SHOWN), ...more].join('\n'));
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
function sameNames(templates: readonly (readonly NamedResource[])[], files: readonly string[]): readonly string[] {
  const holders = new Map<string, string[]>();
  for (const [index, resources] of templates.entries()) {
    const stack = basename(files[index] ?? '', '.template.json');
    for (const each of resources) {
      const holder = `${each.logicalId} of ${stack}`;
      holders.set(keyOf(each), [...(holders.get(keyOf(each)) ?? []), holder]);
    }
  }
  return [...holders].flatMap(([key, ids]) => (ids.length > 1 ? [`${key}: ${ids.join(', ')}`] : []));
}
