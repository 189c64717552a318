import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachCustomSynthesis, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { InvalidAppError } from '../app/check-report.ts';
import { stagePrefix } from '../job/names.ts';
import { MANIFEST_FILE, type Manifest } from '../manifest.ts';
import { noteSynthesis } from './app-process.ts';
import { checkAbandoned } from './check-abandoned.ts';
import { checkChange } from './check-change.ts';
import { deploymentsBeside, type Noted, note } from './deployments.ts';
import { readLastSynthesis } from './last-synthesis.ts';
import { isLocal } from './settings.ts';
import { tooLargeTemplates } from './stack-size.ts';

/**
 * Does at synthesis what CDK does not: reports all that is wrong with the deployments of an assembly, before anything is
 * written; and leaves the manifest beside the templates. An assembly has one `belfry.json`, its first deployment's; each
 * further one writes `<app>-<stage>.belfry.json`, with a number where several differ in account or region only.
 */
export function synthesizeBeside(belfry: Construct, deployment: Noted, manifest: Manifest): void {
  note(belfry, deployment);
  const stage = Stage.of(belfry);
  // Before this synthesis writes over it. What runs on this machine is deployed by no CloudFormation.
  const last = stage === undefined || isLocal(belfry) ? undefined : readLastSynthesis(stage.outdir);
  belfry.node.addValidation({
    validate() {
      const all = deploymentsBeside(belfry);
      if (all[0]?.belfry !== belfry) return [];
      const next = all.map(({ of }) => of.next);
      const problems = [
        ...all.flatMap(({ of }) => of.checks.flatMap((check) => check())),
        ...(last === undefined
          ? []
          : [...checkAbandoned(last, next), ...next.flatMap((each) => checkChange(last, each))]),
      ];
      if (problems.length > 0) throw new InvalidAppError(problems);
      return [];
    },
  });
  // Last in the assembly, so that it is synthesized when the templates are written.
  attachCustomSynthesis(new Construct(stage ?? belfry.node.root, `Belfry-${belfry.node.addr}`), {
    onSynthesize: ({ outdir }) => {
      const tooLarge = tooLargeTemplates(new Set(deployment.next.stacks.values()), outdir);
      if (tooLarge.length > 0) throw new InvalidAppError(tooLarge);
      writeFileSync(join(outdir, manifestFile(belfry)), JSON.stringify(manifest, undefined, 2));
      noteSynthesis();
    },
  });
}

function manifestFile(belfry: Construct): string {
  const all = deploymentsBeside(belfry).map((each) => ({ ...each, prefix: prefixOf(each.of) }));
  const own = all.findIndex((each) => each.belfry === belfry);
  if (own === 0) return MANIFEST_FILE;
  const prefix = all[own]?.prefix;
  const earlier = all.slice(1, own).filter((each) => each.prefix === prefix).length;
  return `${prefix}${earlier === 0 ? '' : `.${earlier + 1}`}.${MANIFEST_FILE}`;
}

const prefixOf = ({ next }: Noted): string => stagePrefix(next.app.deployment);
