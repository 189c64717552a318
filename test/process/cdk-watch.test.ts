import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { REPOSITORY } from '../fixtures/fixture-app.ts';
import { BelfryCommand } from './support/belfry-command.ts';
import { jobFile } from './support/job-file.ts';
import { Project } from './support/project.ts';

/** `npx cdk watch` with the CDK CLI and cdk.json of this repository, where no account can be reached. */

test('cdk watch deploys again for a file of the app, and for nothing that it writes itself', async () => {
  const project = await Project.create({ jobs: { edited: jobFile('edited', { body: '' }) } });
  onTestFinished(() => project.remove());
  await project.write('functions/edited.test.ts', '');
  const cli = join(REPOSITORY, 'node_modules/aws-cdk/bin/cdk');
  const watch = new BelfryCommand([process.execPath, cli, 'watch', '--app', 'node --import tsx infra/app.ts'], {
    directory: project.directory,
    environment: {
      HOME: project.home,
      CI: '1',
      AWS_REGION: 'eu-north-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_VALIDATION: 'false',
    },
  });
  onTestFinished(() => watch.kill());
  const synthesized = (times: number) => watch.prints(new RegExp(`(?:Synthesis time[\\s\\S]*){${times}}`));
  await watch.prints("Triggering initial 'cdk deploy'");
  await synthesized(1);

  for (const path of ['README.md', 'functions/edited.test.ts', '.belfry/queues.json', '.belfry.env', 'cdk.out/x.json'])
    await project.write(path, 'x = 1');
  await project.write('functions/edited.ts', jobFile('edited', { body: 'return 2;' }));

  await watch.prints("Detected change to 'functions/edited.ts'");
  await synthesized(2);
  await project.write('infra/schedules.ts', `${await project.read('infra/schedules.ts')}\n`);
  await watch.prints(/change to 'infra\/schedules\.ts'/);
  expect(watch.output).not.toMatch(/change to '(?!functions\/edited\.ts|infra\/schedules\.ts)/);
});
