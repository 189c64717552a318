import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Belfry, loadJobs } from 'belfry/cdk';
import access from '../../infra/access.ts';
import { schedules } from '../../infra/schedules.ts';
import { leaveOut } from './support/leave-out.ts';

/** The app of `infra/app.ts`, less alarms over several metrics: for `cdk deploy --app`. */
const jobs = await loadJobs(join(import.meta.dirname, '../../functions'));
const belfry = new Belfry(new App(), 'Belfry', { jobs, schedules, access });
leaveOut(belfry, ['metric-math']);
