import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App } from 'aws-cdk-lib';
import { type Access, Belfry, loadJobs } from 'belfry/cdk';
import type { Schedules } from '../../lib/job/schedule.ts';
import type { Stages } from '../../lib/job/stages.ts';
import { leaveOut } from './support/leave-out.ts';

const PROJECT = join(import.meta.dirname, '../..');

// By path at run time: these files are the user's, and must not decide whether this one compiles.
const load = async (path: string): Promise<unknown> => await import(pathToFileURL(join(PROJECT, path)).href);

/** The app of `infra/app.ts`, less alarms over several metrics: for `cdk deploy --app`. */
const jobs = await loadJobs(join(PROJECT, 'functions'));
const { schedules } = (await load('infra/schedules.ts')) as { readonly schedules: Schedules };
const { stages } = (await load('infra/stages.ts')) as { readonly stages: Stages };
const { default: access } = (await load('infra/access.ts')) as { readonly default: Access };
const belfry = new Belfry(new App(), 'Belfry', { jobs, schedules, stages, access });
leaveOut(belfry, ['metric-math']);
