import { UnresolvedPropertyError } from './errors.ts';
import { attributeOf, referenceTo } from './references.ts';
import type { Call, ScopedOutput } from './scope.ts';
import { isObject } from './template.ts';

type Intrinsic = (argument: unknown, call: Call) => unknown;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
export const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, call) => referenceTo(String(name), call),

  'Fn::GetAtt': (argument, call) => {
    const [logicalId = '', ...attribute] = Array.isArray(argument) ? argument : String(argument).split('.');
    return attributeOf(String(logicalId), attribute.map((part) => text(part, call)).join('.'), call);
  },

  'Fn::Join': (argument, call) => {
    const [separator, parts] = list(argument, call);
    return list(call.resolve(parts), call)
      .map((part) => text(part, call))
      .join(String(separator));
  },

  'Fn::Sub': (argument, call) => {
    const [template, variables] = Array.isArray(argument) ? argument : [argument];
    return substitute(String(template), isObject(variables) ? variables : {}, call);
  },

  'Fn::Select': (argument, call) => {
    const [index, items] = list(argument, call);
    const chosen = list(call.resolve(items), call)[Number(call.resolve(index))];
    if (chosen === undefined) throw new UnresolvedPropertyError(call.place, `Fn::Select: there is no item ${index}`);
    return chosen;
  },

  'Fn::Split': (argument, call) => {
    const [separator, whole] = list(argument, call);
    return text(whole, call).split(String(separator));
  },

  'Fn::ImportValue': (argument, call) => {
    const name = text(argument, call);
    return outputValue(call.scope.exported(name), `no stack exports "${name}"`, call);
  },

  'Fn::GetStackOutput': (argument, call) => {
    const { StackName, OutputName } = isObject(argument) ? argument : {};
    const [stack, output] = [text(StackName, call), text(OutputName, call)];
    return outputValue(
      call.scope.outputOf(stack, output),
      `there is no output "${output}" of a stack "${stack}"`,
      call,
    );
  },

  'Fn::FindInMap': (argument, call) => {
    const [map, first, second] = list(argument, call).map((key) => text(key, call));
    const found = call.scope.stack.template.Mappings?.[map ?? '']?.[first ?? '']?.[second ?? ''];
    if (found === undefined) {
      throw new UnresolvedPropertyError(call.place, `Fn::FindInMap: ${map}.${first}.${second} is not there`);
    }
    return found;
  },

  'Fn::Base64': (argument, call) => Buffer.from(text(argument, call)).toString('base64'),

  'Fn::GetAZs': (_argument, { scope }) => ['a', 'b', 'c'].map((zone) => `${scope.region}${zone}`),
};

/** `${Name}`, `${Resource.Attribute}`, and `${!Literal}`, which stays without its exclamation mark. */
function substitute(template: string, variables: Readonly<Record<string, unknown>>, call: Call): string {
  return template.replaceAll(/\$\{(!?)([^}]*)\}/g, (_whole, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return text(variables[name], call);
    const dot = name.indexOf('.');
    return text(dot < 0 ? { Ref: name } : { 'Fn::GetAtt': [name.slice(0, dot), name.slice(dot + 1)] }, call);
  });
}

/** An output is resolved where it stands: in its own stack. */
function outputValue(found: ScopedOutput | undefined, problem: string, { place, resolve }: Call): unknown {
  if (found === undefined) throw new UnresolvedPropertyError(place, problem);
  return resolve(found.output.Value, found.scope);
}

function text(value: unknown, { place, resolve }: Call): string {
  const resolved = resolve(value);
  if (typeof resolved === 'object' || resolved === undefined) {
    throw new UnresolvedPropertyError(place, `${JSON.stringify(value)} is not text`);
  }
  return String(resolved);
}

function list(value: unknown, { place }: Call): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new UnresolvedPropertyError(place, `${JSON.stringify(value)} is not a list`);
}
