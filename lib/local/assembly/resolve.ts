import { holds } from './conditions.ts';
import { type Place, UnresolvedPropertyError } from './errors.ts';
import { intrinsics } from './intrinsics.ts';
import type { Call, Scope } from './scope.ts';
import { isObject } from './template.ts';

/**
 * A value of a template with every intrinsic function replaced by what AWS would put in its place.
 * `AWS::NoValue` becomes `undefined` and leaves its object or list.
 *
 * @throws UnresolvedPropertyError
 */
export function resolve(value: unknown, scope: Scope, place: Place): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => resolve(item, scope, within(place, String(index)))).filter(isDefined);
  }
  if (!isObject(value)) return value;

  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === undefined) {
    const entries = Object.entries(value).map(
      ([key, item]) => [key, resolve(item, scope, within(place, key))] as const,
    );
    return Object.fromEntries(entries.filter(([, item]) => isDefined(item)));
  }
  const call: Call = { scope, place, resolve: (inner, other = scope) => resolve(inner, other, place) };
  if (name === 'Fn::If') return choose(argument, call);
  const evaluate = intrinsics[name];
  if (evaluate === undefined) throw new UnresolvedPropertyError(place, `the embedded cloud does not know ${name}`);
  return evaluate(argument, call);
}

/** Resolves only the branch that counts: the other may well speak of resources that are not there. */
function choose(argument: unknown, call: Call): unknown {
  const [condition, then, otherwise] = Array.isArray(argument) ? argument : [];
  return call.resolve(holds(String(condition), call) ? then : otherwise);
}

/** An object of one key that is a function's name. */
function intrinsicOf(value: Readonly<Record<string, unknown>>): readonly [string, unknown] | undefined {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return undefined;
  const [name] = entry;
  return name === 'Ref' || name.startsWith('Fn::') ? entry : undefined;
}

const within = (place: Place, key: string): Place => ({ ...place, property: `${place.property}.${key}` });

const isDefined = (value: unknown): boolean => value !== undefined;
