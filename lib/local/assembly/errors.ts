import { BelfryError } from '../../errors.ts';

/** The folder is no cloud assembly of a Belfry app, or one that this version cannot read. */
export class UnreadableAssemblyError extends BelfryError {
  override readonly name = 'UnreadableAssemblyError';
  readonly code = 'UNREADABLE_ASSEMBLY';
  readonly directory: string;

  constructor(directory: string, problem: string, options?: ErrorOptions) {
    super(`${directory}: ${problem}`, options);
    this.directory = directory;
  }
}

/** Where in a template something stands. */
export interface Place {
  readonly stack: string;
  readonly logicalId: string;
  /** With its parents: `Environment.Variables.TABLE`. */
  readonly property: string;
}

/** A template says something the embedded cloud needs and cannot work out. */
export class UnresolvedPropertyError extends BelfryError {
  override readonly name = 'UnresolvedPropertyError';
  readonly code = 'UNRESOLVED_PROPERTY';
  readonly place: Place;

  constructor(place: Place, problem: string, options?: ErrorOptions) {
    super(`stack ${place.stack}, resource ${place.logicalId}, property ${place.property}: ${problem}`, options);
    this.place = place;
  }
}
