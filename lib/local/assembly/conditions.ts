import { isDeepStrictEqual } from 'node:util';
import { UnresolvedPropertyError } from './errors.ts';
import type { Call } from './scope.ts';
import { isObject } from './template.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html */
const conditionFunctions: Readonly<Record<string, (operands: readonly unknown[], call: Call) => boolean>> = {
  'Fn::Equals': ([one, other], { resolve }) => isDeepStrictEqual(resolve(one), resolve(other)),
  'Fn::And': (operands, call) => operands.every((operand) => evaluate(operand, call)),
  'Fn::Or': (operands, call) => operands.some((operand) => evaluate(operand, call)),
  'Fn::Not': ([operand], call) => !evaluate(operand, call),
};

/** Whether a condition of the template holds. @throws UnresolvedPropertyError */
export function holds(name: string, call: Call): boolean {
  const condition = call.scope.stack.template.Conditions?.[name];
  if (condition === undefined) throw new UnresolvedPropertyError(call.place, `the template has no condition "${name}"`);
  return evaluate(condition, call);
}

function evaluate(condition: unknown, call: Call): boolean {
  const [name = '', argument] = isObject(condition) ? (Object.entries(condition)[0] ?? []) : [];
  if (name === 'Condition') return holds(String(argument), call);
  const compute = conditionFunctions[name];
  if (compute !== undefined && Array.isArray(argument)) return compute(argument, call);
  throw new UnresolvedPropertyError(call.place, `unknown condition ${JSON.stringify(condition)}`);
}
