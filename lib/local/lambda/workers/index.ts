export { createFunctionPool, type FunctionPool, type FunctionPoolOptions } from './function-pool.ts';
export type { InvocationFacts, InvocationResult, Invoked, LogLine, Throttled } from './invocation.ts';
export { type Reaper, startReaper } from './reaper.ts';
export type { FunctionError } from './worker-protocol.ts';
