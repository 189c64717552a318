import { describe, expect, test } from 'vitest';
import { notesOfEntry, warningsOfEntry } from './support.ts';

const nightly = { cron: '30 2 * * *', timezone: 'Europe/Berlin' };

describe('a schedule that is switched off', () => {
  test.each([{ enabled: false }, { enabled: [] }])('in every stage is not warned of: %o', (off) => {
    expect(warningsOfEntry({ ...nightly, ...off })).toEqual([]);
  });

  test('in this stage is warned of, for the others', () => {
    expect(warningsOfEntry({ ...nightly, enabled: ['prod'] })).toHaveLength(2);
  });
});

describe('an acknowledgement', () => {
  const acknowledge = { 'dst-gap': 'fine', 'dst-repeat': 'fine', 'tiny-max-lateness': 'fine' };

  test('of what does not occur is noted, all of an entry at once', () => {
    expect(notesOfEntry({ ...nightly, acknowledge })).toEqual([
      `infra/schedules.ts: schedule "x": nothing to acknowledge: 'tiny-max-lateness' does not occur; remove it`,
    ]);
    expect(notesOfEntry({ cron: '0 12 * * *', acknowledge })).toEqual([
      `infra/schedules.ts: schedule "x": nothing to acknowledge: 'dst-gap', 'dst-repeat', 'tiny-max-lateness' do not occur; remove them`,
    ]);
  });

  test('of a large step is noted where there is none', () => {
    expect(notesOfEntry({ cron: '0 */12 * * *', acknowledge: { 'large-step': 'noon' } })).toEqual([
      `infra/schedules.ts: schedule "x": nothing to acknowledge: 'large-step' does not occur; remove it`,
    ]);
  });

  test.each([
    ['it occurs', { ...nightly, acknowledge: { 'dst-gap': 'fine' } }],
    ['it may occur on another day', { ...nightly, acknowledge: { 'crowded-minute': 'a', 'calendar-ends': 'b' } }],
    ['the entry is off in this stage', { cron: '0 12 * * *', enabled: ['prod'], acknowledge }],
  ])('is not noted where %s', (_, options) => {
    expect(notesOfEntry(options)).toEqual([]);
  });
});
