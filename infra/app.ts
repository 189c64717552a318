import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Belfry, loadJobs } from 'belfry/cdk';

const app = new App();

// The jobs first: what is wrong with one is then reported with its file, and not where schedules.ts imports it.
const jobs = await loadJobs(join(import.meta.dirname, '../functions'));
const { schedules } = await import('./schedules.ts');
const { stages } = await import('./stages.ts');
const { default: access } = await import('./access.ts');

new Belfry(app, 'Belfry', { jobs, schedules, stages, access });
