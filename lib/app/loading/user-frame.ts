import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A line of a stack that leads to a file. */
export interface Frame {
  /** Absolute. */
  readonly path: string;
  readonly line: string;
}

/** The folder of Belfry's own code, which may lie in the user's checkout. */
const OWN_CODE = `${join(import.meta.dirname, '../..')}${sep}`;
const PACKAGES = `${sep}node_modules${sep}`;

/** With the function's name or without, as a path or as a URL. Calls that only wait (`at async …`) are not matched. */
const FRAME = /^\s*at (?!async )(?:.*? \()?((?:file:\/\/)?\/.*?):(\d+):\d+\)?$/;

/** The innermost line of a stack that is the user's code, neither Belfry's nor a package's. */
export const userFrame = (stack: string): Frame | undefined =>
  framesOf(stack).find(({ path }) => !path.startsWith(OWN_CODE) && !path.includes(PACKAGES));

/** `functions/report.ts:3`, from the folder given. */
export const placeOf = ({ path, line }: Frame, directory: string): string =>
  `${relative(directory, path).replaceAll(sep, '/')}:${line}`;

/** The package whose code is innermost in a stack. */
export function packageIn(stack: string): string | undefined {
  const path = framesOf(stack).find((each) => each.path.includes(PACKAGES))?.path;
  return path && /^(@[^/\\]+[/\\])?[^/\\]+/.exec(path.slice(path.lastIndexOf(PACKAGES) + PACKAGES.length))?.[0];
}

function framesOf(stack: string): readonly Frame[] {
  return stack.split('\n').flatMap((text) => {
    const [, place = '', line = ''] = FRAME.exec(text) ?? [];
    if (place === '') return [];
    const [url = ''] = place.split('?');
    return [{ path: place.startsWith('file:') ? fileURLToPath(url) : place, line }];
  });
}
