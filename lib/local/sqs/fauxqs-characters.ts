/**
 * What a message's body may not hold.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const REFUSED_BY_SQS = String.raw`[^\x09\x0A\x0D\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]`;

/**
 * Has fauxqs take what SQS takes. Its own pattern knows no character above U+FFFF, such as an emoji: it looks at the
 * halves of one, and refuses both. The pattern is a constant of a module that fauxqs does not export, so it is changed in
 * place.
 *
 * @throws Error when this version of fauxqs has no such pattern
 */
export async function admitAllCharacters(): Promise<void> {
  const module = new URL('sqs/sqsTypes.js', import.meta.resolve('fauxqs')).href;
  const { INVALID_MESSAGE_BODY_CHAR: pattern } = (await import(module)) as { INVALID_MESSAGE_BODY_CHAR?: unknown };
  if (!(pattern instanceof RegExp)) throw new Error(`${module} has no pattern of refused characters`);
  pattern.compile(REFUSED_BY_SQS, 'u');
}
