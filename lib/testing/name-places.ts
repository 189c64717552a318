import { resolve } from 'node:path';
import type { NamePlaces } from '../run/run-error.ts';

const BELFRY = resolve(import.meta.dirname, '..');

/** As a deployment names them: from the project, which is where its tests are run. */
export const namePlaces: NamePlaces = (frames) =>
  frames
    .replaceAll('file://', '')
    .replaceAll(`${BELFRY}/`, 'node_modules/belfry/lib/')
    .replaceAll(`${process.cwd()}/`, '');
