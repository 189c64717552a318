import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A folder with a package.json. */
export interface Package {
  readonly directory: string;
  readonly json: PackageJson;
}

/** What Belfry reads of a package.json, unchecked. */
export interface PackageJson {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly exports?: unknown;
  readonly optionalDependencies?: unknown;
  readonly cpu?: unknown;
}

/** Finds packages of files, reading each folder once. */
export class Packages {
  readonly #known = new Map<string, Package>();

  /** The package whose package.json decides over a file. */
  of(file: string): Package {
    return this.#ofFolder(dirname(file));
  }

  #ofFolder(directory: string): Package {
    const known = this.#known.get(directory);
    if (known !== undefined) return known;
    const found = this.#read(directory);
    this.#known.set(directory, found);
    return found;
  }

  #read(directory: string): Package {
    const path = join(directory, 'package.json');
    if (existsSync(path)) return { directory, json: JSON.parse(readFileSync(path, 'utf8')) };
    const parent = dirname(directory);
    // As Node: a package ends where packages are kept.
    if (parent === directory || parent.endsWith('node_modules')) return { directory, json: {} };
    return this.#ofFolder(parent);
  }
}
