import type { NamePlaces } from './run-error.ts';

/**
 * Takes the folder of a function's code off the paths in a stack: Node has mapped them to sources below it, by the maps
 * that `lib/cdk/bundle/source-map.ts` writes. Of packages these have no lines: each of their places would read `1:1`.
 */
export const placesBelow =
  (root: string | undefined): NamePlaces =>
  (frames) =>
    frames.replaceAll(`${root}/`, '').replaceAll(/(node_modules\/.*):1:1\b/g, '$1');
