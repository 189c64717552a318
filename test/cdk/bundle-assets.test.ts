import { chmodSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, test } from 'vitest';
import { bundle } from '../../lib/cdk/bundle/bundle.ts';
import { defineJob } from '../../lib/entry/belfry.ts';
import { bundleProject, checkProject, jobSource, writeProject } from './bundled-project.ts';
import { createFolder, jobFile, only, synth } from './support.ts';

describe('the files that a job names', () => {
  test('are deployed beside its code, and beside no other job', async () => {
    const { deployed, folderOf } = await bundleProject({
      'functions/mail.ts': jobSource('mail', { options: "assets: ['templates', 'data/zones.json']," }),
      'functions/other.ts': jobSource('other'),
      'templates/mail.html': '<p>',
      'templates/parts/foot.html': '</p>',
      'data/zones.json': '[]',
    });

    expect(deployed).toEqual({
      mail: ['data/zones.json', 'templates/mail.html', 'templates/parts/foot.html'],
      other: [],
    });
    expect(readFileSync(join(folderOf('mail'), 'templates/mail.html'), 'utf8')).toBe('<p>');
  });

  test('are deployed again when their content or their mode changes, and a deployed one stays as it was', async () => {
    const project = writeProject({
      'functions/mail.ts': jobSource('mail', { options: "assets: ['mail.sh']," }),
      'mail.sh': 'old',
    });
    const assetDirectory = createFolder();
    const app = await checkProject(project);
    const place = (): string => {
      const hash = bundle(app, { projectDirectory: project, assetDirectory }).hashes.get('mail') ?? '';
      return join(assetDirectory, `asset.${hash}`, 'mail.sh');
    };

    const before = place();
    writeFileSync(join(project, 'mail.sh'), 'new');
    const rewritten = place();
    chmodSync(join(project, 'mail.sh'), 0o755);
    const executable = place();

    expect(new Set([before, rewritten, executable]).size).toBe(3);
    expect([before, rewritten].map((path) => readFileSync(path, 'utf8'))).toEqual(['old', 'new']);
    expect(statSync(executable).mode & 0o111).not.toBe(0);
  });

  test('are refused where they are more than a function may be', async () => {
    const project = writeProject({
      'functions/mail.ts': jobSource('mail', { options: "assets: ['large.bin']," }),
      'large.bin': '',
    });
    truncateSync(join(project, 'large.bin'), 251 * 1024 * 1024);
    const app = await checkProject(project);

    expect(() => bundle(app, { projectDirectory: project, assetDirectory: createFolder() })).toThrow(
      /^job "mail": its code and assets are 25[0-9] MB; Lambda takes 250 MB, layers included/,
    );
  });
});

describe('layers', () => {
  const resize = defineJob('resize', { external: ['sharp'], run() {} });
  const jobs = [jobFile(resize)];
  const layersIn = (count: number) => (belfry: Parameters<NonNullable<Parameters<typeof synth>[1]>>[0]) => {
    const layers = Array.from({ length: count }, (_, index) =>
      LayerVersion.fromLayerVersionArn(
        belfry,
        `Layer${index}`,
        `arn:aws:lambda:eu-north-1:123456789012:layer:sharp:${index}`,
      ),
    );
    belfry.job(resize).layers(...layers);
  };

  test("are the function's", () => {
    const { template } = synth({ jobs, schedules: {} }, layersIn(1));

    const { Layers } = only(template, 'AWS::Lambda::Function').Properties;
    expect(Layers).toEqual(['arn:aws:lambda:eu-north-1:123456789012:layer:sharp:0']);
  });

  test('may be made in access.ts', () => {
    const { template } = synth({ jobs, schedules: {} }, (belfry) => {
      belfry.job(resize).layers(new LayerVersion(belfry, 'Sharp', { code: Code.fromAsset(createFolder()) }));
    });

    expect(only(template, 'AWS::Lambda::Function').Properties.Layers).toHaveLength(1);
  });

  test('are refused beyond five', () => {
    expect(() => synth({ jobs, schedules: {} }, layersIn(6))).toThrow(
      'infra/access.ts: job "resize": 6 layers; Lambda takes 5',
    );
  });

  test('must bring what a job leaves out of its bundle', () => {
    expect(() => synth({ jobs, schedules: {} })).toThrow(
      `infra/access.ts: job "resize": it has no layer, and external: ['sharp'] leaves out of its bundle what a layer must bring; call .layers(…), or remove external from the job`,
    );
  });
});
