import { quoteValue } from '../../../app/check-report.ts';
import { nameOfCommand } from '../command-name.ts';
import { maskCommand, withoutTexts } from '../mask/mask-command.ts';
import { MASK } from '../mask/words.ts';
import { reasonsToPort } from '../porting.ts';
import { shorten } from '../safe-text.ts';
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

/** A number may be a password without its quotes. */
const kindOf = (value: unknown): string => (typeof value === 'object' ? quoteValue(value) : `a ${typeof value}`);

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
    .map(([field, value]) => `${field} of its pod is ${kindOf(value)}; it must be a text`);
}

/** @param pod without faults, see {@link checkPod} */
export function readPod(pod: Values): PodReading {
  const containers = recordsIn(pod['containers']);
  const [main = {}] = containers;
  const image = imageOf(main);
  const given = textsIn(main['command']);
  const words = [...given, ...textsIn(main['args'])];
  const shell = given.length === 0 ? undefined : readWords(words);
  const command = shorten([image, maskWords(words, given.length > 0)].join(' '), MAX_COMMAND_LENGTH);
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

const IMAGE =
  /^[a-z0-9][a-z0-9./_-]{0,200}(?::\d{2,5}\/[a-z0-9./_-]{1,200})?(?::[\w.-]{1,60})?(?:@sha256:[0-9a-f]{64})?$/;

/** What pulls an image is in secrets of the cluster, so a reference has none; what is no reference is masked. */
const imageOf = ({ image }: Values): string =>
  typeof image === 'string' && image !== '' ? maskUnless(IMAGE, image) : 'none';

/** A name of Kubernetes or of a variable. */
const NAME = /^[A-Za-z0-9_.-]{1,100}$/;

const maskUnless = (form: RegExp, text: string): string => (form.test(text) ? text : MASK);

/** @param hasProgram whether the first word is one, and not an argument of what the image runs */
function maskWords(words: readonly string[], hasProgram: boolean): string {
  const script = scriptIn(words);
  if (script !== undefined) {
    const [program = '', option = ''] = words;
    return `${program} ${option} '${maskCommand(script.slice(0, MAX_COMMAND_LENGTH)).shown}'`;
  }
  const line = words.map(quoted).join(' ').slice(0, MAX_COMMAND_LENGTH);
  // Behind a program that is not known.
  return hasProgram ? maskCommand(line).shown : maskCommand(`: ${line}`).shown.slice(2);
}

/** `sh -c` hands its argument to a shell; anything else is one command. */
function readWords(words: readonly string[]): ShellReading {
  const script = scriptIn(words);
  if (script !== undefined) {
    const reading = readShell(withoutTexts(script.slice(0, MAX_COMMAND_LENGTH)));
    return { ...reading, constructs: ['sh -c', ...reading.constructs] };
  }
  // No shell takes the first word for a variable here.
  return readShell(
    words
      .map((word, index) => (index === 0 && word.includes('=') ? MASK : word))
      .map((word) => `'${word.replaceAll("'", '')}'`)
      .join(' ')
      .slice(0, MAX_COMMAND_LENGTH),
  );
}

/** The script of `/bin/sh -c <script>`. */
function scriptIn([program = '', option = '', script]: readonly string[]): string | undefined {
  const isShell = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|k|z)?sh$/.test(program) && /^-[a-z]{0,4}c$/.test(option);
  return isShell ? script : undefined;
}

const quoted = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function remarksOf(container: Values): readonly string[] {
  const { name } = container;
  const variables = recordsIn(container['env']).flatMap((each) =>
    typeof each['name'] === 'string' ? [maskUnless(NAME, each['name'])] : [],
  );
  return [
    `Container ${nameOf(name) || 'without a name'}: image ${shorten(imageOf(container), 300)}`,
    ...(variables.length === 0 ? [] : [`Variables (values are not copied): ${shorten(variables.join(', '), 500)}`]),
  ];
}

const nameOf = (value: unknown): string => (typeof value === 'string' && value !== '' ? maskUnless(NAME, value) : '');

function surroundings(pod: Values, containers: readonly Values[]): readonly string[] {
  const inits = recordsIn(pod['initContainers']);
  const volumes = recordsIn(pod['volumes']).map((volume) => {
    const kind = Object.keys(volume).find((key) => key !== 'name');
    return `${nameOf(volume['name'])}${kind === undefined ? '' : ` (${maskUnless(NAME, kind)})`}`;
  });
  const account = pod['serviceAccountName'] ?? pod['serviceAccount'];
  const secrets = [...new Set([...containers, ...inits].flatMap(secretsOf))];
  const list = (names: readonly string[]): string => shorten(names.join(', '), 200);
  const namesOf = (list: readonly Values[]): readonly string[] => list.map(({ name }) => nameOf(name));
  return [
    ...(containers.length > 1
      ? [`${containers.length} containers run side by side: ${list(namesOf(containers))}`]
      : []),
    ...(inits.length === 0 ? [] : [`containers run before it: ${list(namesOf(inits))}`]),
    ...(volumes.length === 0 ? [] : [`it mounts volumes: ${list(volumes)}`]),
    ...(typeof account === 'string' && !isAbsent(account) && account !== 'default'
      ? [`the rights of service account ${nameOf(account)} are given in infra/access.ts`]
      : []),
    ...(secrets.length === 0 ? [] : [`secrets are given in infra/access.ts: ${list(secrets)}`]),
  ];
}

function secretsOf(container: Values): readonly string[] {
  const fromKeys = secretReferences(container).flatMap(({ name, key }) =>
    typeof name === 'string' ? [`${nameOf(name)}/${nameOf(key)}`] : [],
  );
  const whole = recordsIn(container['envFrom']).flatMap((source) => {
    const { name } = recordIn(source, 'secretRef');
    return typeof name === 'string' ? [nameOf(name)] : [];
  });
  return [...fromKeys, ...whole];
}

const secretReferences = (container: Values): readonly Values[] =>
  recordsIn(container['env']).map((variable) => recordIn(variable, 'valueFrom', 'secretKeyRef'));
