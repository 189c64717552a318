import { BelfryError } from '../../errors.ts';

/** Another process, most likely another embedded cloud, has the data folder open. */
export class DirectoryInUseError extends BelfryError {
  override readonly name = 'DirectoryInUseError';
  readonly code = 'DIRECTORY_IN_USE';
  readonly directory: string;

  constructor(directory: string, options?: ErrorOptions) {
    super(
      `another process uses ${directory}: it is the state of a cloud that runs already. Use that one, or end it with Ctrl-C`,
      options,
    );
    this.directory = directory;
  }
}

/** The data folder cannot be read or written: torn files, no permission, a file in its place, a full disk. */
export class DirectoryUnusableError extends BelfryError {
  override readonly name = 'DirectoryUnusableError';
  readonly code = 'DIRECTORY_UNUSABLE';
  readonly directory: string;

  constructor(directory: string, problem: string, options?: ErrorOptions) {
    super(`the data in ${directory} cannot be used: ${problem}. Move the folder away to start without it`, options);
    this.directory = directory;
  }
}

/** A write has failed, and no other is taken until the folder was opened anew: it would be lost with the torn one. */
export class StoreRefusesError extends BelfryError {
  override readonly name = 'StoreRefusesError';
  readonly code = 'STORE_REFUSES';
  readonly directory: string;

  constructor(directory: string, problem: string, options?: ErrorOptions) {
    super(
      `${directory} cannot be written: ${problem}. Nothing is recorded until it can; make room on its disk, and it goes on by itself`,
      options,
    );
    this.directory = directory;
  }
}

/** A table on disk was made with other keys or indexes than the app has now. */
export class TableMismatchError extends BelfryError {
  override readonly name = 'TableMismatchError';
  readonly code = 'TABLE_MISMATCH';
  readonly table: string;

  constructor(table: string, directory: string | undefined) {
    const where = directory ?? 'memory';
    super(
      `table "${table}" in ${where} has other keys or indexes than the app's. Move the folder away to start without it`,
    );
    this.table = table;
  }
}
