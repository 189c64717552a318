import { describe, expect, test } from 'vitest';
import { defineJob } from '../../lib/entry/belfry.ts';
import { findAsset, normalizeAsset } from '../../lib/job/assets.ts';

const jobWith = (...assets: string[]) => defineJob('mail', { assets, run() {} });

test.each([
  ['data/zones.json', 'data/zones.json'],
  ['./data/zones.json', 'data/zones.json'],
  ['data//./zones.json', 'data/zones.json'],
  ['data/old/../zones.json', 'data/zones.json'],
  ['data/', 'data'],
  ['.', ''],
  ['./', ''],
  ['data/..', ''],
  ['..', '..'],
  ['data/../../zones.json', '../zones.json'],
  ['../../zones.json', '../../zones.json'],
  ['/data', '/data'],
  ['..data/x', '..data/x'],
])('the path of an asset is compared in one spelling: %s as "%s"', (path, spelling) => {
  expect(normalizeAsset(path)).toBe(spelling);
});

describe('an asset is found', () => {
  test.each([
    ['./data/zones.json', 'data/zones.json', 'data/zones.json'],
    ['data/zones.json', './data/zones.json', 'data/zones.json'],
    ['./data/', 'data', 'data'],
    ['data', 'data/', 'data/'],
    ['data', 'data/old/../zones.json', 'data/zones.json'],
  ])('that is named as %s and asked for as %s', (named, asked, found) => {
    expect(findAsset(jobWith('other', named), asked)).toBe(found);
  });
});

describe('refused is', () => {
  test.each(['database.json', 'data/../lib/units.ts', '../data', '/data/zones.json', '.', ''])(
    '%j beside data',
    (path) => {
      expect(() => findAsset(jobWith('data'), path)).toThrow(
        `the assets of the job "mail" do not name ${path}; they are: data`,
      );
    },
  );

  test('every path, where a job names none', () => {
    expect(() => findAsset(defineJob('mail', { run() {} }), 'data')).toThrow('the job names no assets');
  });
});
