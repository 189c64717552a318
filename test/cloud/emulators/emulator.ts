import type { Limits } from '../limits.ts';
import type { LeftOut } from '../support/leave-out.ts';

/** An emulator of AWS that Belfry did not write, and that needs no Docker. */
export interface Emulator {
  /** For people, with its version: `MiniStack 1.5.33`. */
  readonly name: string;
  /** What its CloudFormation fails on. */
  readonly leavesOut: readonly LeftOut[];
  /** What cannot be supported because it runs without Docker, beside what its kind is known not to support. */
  readonly limits: Limits;
  /** Whether it takes all that an app deploys, so that several can be deployed beside each other. @default false */
  readonly takesNeighbours?: boolean;
  /** The host of its address, where it has to be called by another name. @default 127.0.0.1 */
  readonly host?: string;
  /** Installs what is missing, below `directory`. @throws UnavailableError when this machine cannot have it */
  install(directory: string): Promise<void>;
  /** How it is started to listen on 127.0.0.1 only, everything that it writes below `scratch`. */
  command(options: StartOptions): StartCommand;
}

export interface StartOptions {
  /** Where `install` has put it. */
  readonly directory: string;
  readonly scratch: string;
  readonly port: number;
}

export interface StartCommand {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** This machine cannot have the emulator. The message is the reason. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}
