import { quoteValue } from '../../../app/check-report.ts';
import { nameOfCommand } from '../command-name.ts';
import { reasonsToPort } from '../porting.ts';
import { oneLine, shorten, withoutSecrets } from '../safe-text.ts';
import { readShell, type ShellReading } from '../shell.ts';
import { isAbsent, recordIn, recordsIn, textsIn, type Values } from './values.ts';

/** What a pod runs, and what it needs. All of it is safe to print. */
export interface PodReading {
  readonly command: string;
  readonly nameHint: string | undefined;
  readonly remarks: readonly string[];
  readonly porting: readonly string[];
}

/** No manifest with more is a person's. */
const MAX_COMMAND_LENGTH = 4000;

/** What of it is printed, and is no text. */
export function checkPod(pod: Values): readonly string[] {
  const containers = ['containers', 'initContainers'].flatMap((list) =>
    recordsIn(pod[list]).flatMap((container, index) => {
      const path = `${list}[${index}]`;
      return [
        [`${path}.name`, container['name']],
        [`${path}.image`, container['image']],
        ...secretReferences(container).map(({ key }) => [`${path}.env.valueFrom.secretKeyRef.key`, key]),
      ];
    }),
  );
  const volumes = recordsIn(pod['volumes']).map(({ name }, index) => [`volumes[${index}].name`, name]);
  return [...containers, ...volumes]
    .filter(([, value]) => value != null && typeof value !== 'string')
    .map(([field, value]) => `${field} of its pod is ${quoteValue(value)}; it must be a text`);
}

/** @param pod without faults, see {@link checkPod} */
export function readPod(pod: Values): PodReading {
  const containers = recordsIn(pod['containers']);
  const [main = {}] = containers;
  const image = typeof main['image'] === 'string' ? main['image'] : 'none';
  const given = textsIn(main['command']);
  const words = [...given, ...textsIn(main['args'])];
  const shell = given.length === 0 ? undefined : readWords(words);
  const command = shorten(
    withoutSecrets([image, ...words.map(quoted)].join(' ').slice(0, MAX_COMMAND_LENGTH)),
    MAX_COMMAND_LENGTH,
  );
  return {
    command: command.trim(),
    nameHint: shell === undefined ? undefined : nameOfCommand(shell),
    remarks: containers.flatMap(remarksOf),
    porting: [
      ...(shell === undefined
        ? [`what its image ${shorten(image, 100)} runs, no manifest says`]
        : reasonsToPort(shell)),
      ...surroundings(pod, containers),
    ],
  };
}

/** `sh -c` hands its argument to a shell; anything else is one command. */
function readWords(words: readonly string[]): ShellReading {
  const [program = '', option = '', script] = words;
  if (/(^|\/)(ba|da|k|z)?sh$/.test(program) && /^-[a-z]*c$/.test(option) && script !== undefined) {
    const reading = readShell(script.slice(0, MAX_COMMAND_LENGTH));
    return { ...reading, constructs: ['sh -c', ...reading.constructs] };
  }
  return readShell(
    words
      .map((word) => `'${word.replaceAll("'", '')}'`)
      .join(' ')
      .slice(0, MAX_COMMAND_LENGTH),
  );
}

const quoted = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word}'`);

function remarksOf(container: Values): readonly string[] {
  const { name, image } = container;
  const variables = recordsIn(container['env']).flatMap((each) =>
    typeof each['name'] === 'string' ? [each['name']] : [],
  );
  return [
    `Container ${shorten(textOf(name) || 'without a name', 100)}: image ${shorten(textOf(image) || 'none', 300)}`,
    ...(variables.length === 0 ? [] : [`Variables (values are not copied): ${shorten(variables.join(', '), 500)}`]),
  ];
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function surroundings(pod: Values, containers: readonly Values[]): readonly string[] {
  const inits = recordsIn(pod['initContainers']);
  const volumes = recordsIn(pod['volumes']).map((volume) => {
    const kind = Object.keys(volume).find((key) => key !== 'name');
    return `${textOf(volume['name'])}${kind === undefined ? '' : ` (${kind})`}`;
  });
  const account = pod['serviceAccountName'] ?? pod['serviceAccount'];
  const secrets = [...new Set([...containers, ...inits].flatMap(secretsOf))];
  const list = (names: readonly unknown[]): string => shorten(names.map(textOf).join(', '), 200);
  return [
    ...(containers.length > 1
      ? [`${containers.length} containers run side by side: ${list(containers.map((each) => each['name']))}`]
      : []),
    ...(inits.length === 0 ? [] : [`containers run before it: ${list(inits.map((each) => each['name']))}`]),
    ...(volumes.length === 0 ? [] : [`it mounts volumes: ${list(volumes)}`]),
    ...(typeof account === 'string' && !isAbsent(account) && account !== 'default'
      ? [`the rights of service account ${oneLine(account)} are given in infra/access.ts`]
      : []),
    ...(secrets.length === 0 ? [] : [`secrets are given in infra/access.ts: ${list(secrets)}`]),
  ];
}

function secretsOf(container: Values): readonly string[] {
  const fromKeys = secretReferences(container).flatMap(({ name, key }) =>
    typeof name === 'string' ? [`${name}/${textOf(key)}`] : [],
  );
  const whole = recordsIn(container['envFrom']).flatMap((source) => {
    const { name } = recordIn(source, 'secretRef');
    return typeof name === 'string' ? [name] : [];
  });
  return [...fromKeys, ...whole];
}

const secretReferences = (container: Values): readonly Values[] =>
  recordsIn(container['env']).map((variable) => recordIn(variable, 'valueFrom', 'secretKeyRef'));
