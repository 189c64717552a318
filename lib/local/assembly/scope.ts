import type { SynthesizedStack } from './cloud-assembly.ts';
import type { Place } from './errors.ts';
import type { TemplateOutput } from './template.ts';

/** What an intrinsic function of a stack may look at. */
export interface Scope {
  readonly stack: SynthesizedStack;
  readonly region: string;
  /** Before the path of a queue's URL: `http://127.0.0.1:4510`. */
  readonly origin: string;
  /** Finds an export of any stack. */
  readonly exported: (name: string) => ScopedOutput | undefined;
  /** Finds an output of a stack by the names of both. */
  readonly outputOf: (stack: string, output: string) => ScopedOutput | undefined;
}

export interface ScopedOutput {
  readonly scope: Scope;
  readonly id: string;
  readonly output: TemplateOutput;
}

/** Where a value stands, and the way to resolve what is in it. */
export interface Call {
  readonly scope: Scope;
  readonly place: Place;
  /** @param scope that of another stack, for a value from there */
  readonly resolve: (value: unknown, scope?: Scope) => unknown;
}
