import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachCustomSynthesis, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CheckedApp } from '../app/check-app.ts';
import type { DeployableJob } from '../app/check-jobs.ts';
import { InvalidAppError } from '../app/check-report.ts';
import { stagePrefix } from '../job/names.ts';
import { MANIFEST_FILE } from '../manifest.ts';
import { noteSynthesis } from './app-process.ts';
import { checkChange, type NextSynthesis } from './check-change.ts';
import { createManifest } from './create-manifest.ts';
import { readLastSynthesis } from './last-synthesis.ts';
import { deploymentsIn } from './refuse-twin.ts';
import { isLocal } from './settings.ts';

/** What is wrong, for all that was defined by the time of the synthesis. */
export type Check = () => readonly string[];

export interface BesideOptions extends NextSynthesis {
  readonly app: CheckedApp;
  readonly watchdog: DeployableJob;
  /** Whether access is still granted. */
  readonly isPending: () => boolean;
  readonly checks: readonly Check[];
}

/**
 * Does at synthesis what CDK does not: compares with what was synthesized last, and leaves the manifest beside the
 * templates. An assembly has one `belfry.json`, its first deployment's; each further one writes `<app>-<stage>.belfry.json`.
 */
export function synthesizeBeside(belfry: Construct, { watchdog, isPending, checks, ...next }: BesideOptions): void {
  const stage = Stage.of(belfry);
  // Before this synthesis writes over it. What runs on this machine is deployed by no CloudFormation.
  const last = stage === undefined || isLocal(belfry) ? undefined : readLastSynthesis(stage.outdir);
  belfry.node.addValidation({
    validate() {
      const problems = [
        ...(isPending() ? [ACCESS_IS_PENDING] : []),
        ...checks.flatMap((check) => check()),
        ...(last ? checkChange(last, next) : []),
      ];
      if (problems.length > 0) throw new InvalidAppError(problems);
      return [];
    },
  });
  const prefix = stagePrefix(next.app.deployment);
  const text = JSON.stringify(createManifest(next.app, watchdog), undefined, 2);
  attachCustomSynthesis(belfry, {
    onSynthesize: ({ outdir }) => {
      const isFirst = deploymentsIn(stage)[0] === belfry;
      writeFileSync(join(outdir, isFirst ? MANIFEST_FILE : `${prefix}.${MANIFEST_FILE}`), text);
      noteSynthesis();
    },
  });
}

/** What it would grant later is in no template: the jobs would be deployed without it. */
const ACCESS_IS_PENDING =
  'infra/access.ts: it was still at work when the app was synthesized; make it synchronous, or leave out app.synth(): CDK calls it when the app has come to its end';
