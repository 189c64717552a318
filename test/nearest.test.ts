import { expect, test } from 'vitest';
import { nearest, nearestFirst } from '../lib/nearest.ts';

const KNOWN = ['hourly', 'nightly', 'weekly'];

test('the nearest name takes the fewest letters to change, whatever its case', () => {
  expect(nearest('Nigthly', KNOWN)).toBe('nightly');
});

test('of equally near names the first is taken', () => {
  expect(nearest('job-3', ['job-1', 'job-2'])).toBe('job-1');
});

test('a name that is farther away than allowed is not found', () => {
  expect(nearest('nigthly', KNOWN, { max: 2 })).toBe('nightly');
  expect(nearest('nigthly', KNOWN, { max: 1 })).toBeUndefined();
});

test('of no names none is the nearest', () => {
  expect(nearest('nightly', [])).toBeUndefined();
});

test('all names are ordered by how near they are', () => {
  expect(nearestFirst('weekly', KNOWN)).toEqual(['weekly', 'hourly', 'nightly']);
});

test('a name that begins with what was typed is nearer than a shorter one of other letters', () => {
  const known = ['heartbeat', 'certificate-reminder', 'certificate-renewal'];

  expect(nearestFirst('Certificate', known)).toEqual(['certificate-renewal', 'certificate-reminder', 'heartbeat']);
  expect(nearest('certificate', known)).toBe('certificate-renewal');
  expect(nearest('heartbeat', ['heartbeats', 'heartbeat'])).toBe('heartbeat');
});

test('a name that begins with what was typed is not found beyond the distance allowed', () => {
  expect(nearest('week', ['weekly-report', 'weak'], { max: 2 })).toBe('weak');
});
