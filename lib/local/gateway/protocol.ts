import { randomUUID } from 'node:crypto';
import type { ServiceRequest, ServiceResponse } from './service.ts';

/** The forms in which AWS's services put an error, as far as a client tells them apart. */
export type Protocol = 'json' | 'cbor' | 'query' | 'ec2' | 'rest-json' | 'rest-xml' | 's3';

/** An error as a client should see it: `code` becomes the error's name, `message` its message. */
export interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The services that speak XML without a header that says so. */
const xmlServices: ReadonlyMap<string, Protocol> = new Map([
  ['s3', 's3'],
  ['s3express', 's3'],
  ['s3-object-lambda', 's3'],
  ['ec2', 'ec2'],
  ['route53', 'rest-xml'],
  ['cloudfront', 'rest-xml'],
]);

/** The protocol of a request, from its headers; the service's name decides only between the REST forms. */
export function protocolOf(headers: ServiceRequest['headers'], service: string | undefined): Protocol {
  const known = xmlServices.get(service ?? '');
  if (known !== undefined) return known;
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return 'cbor';
  if (headers['x-amz-target'] !== undefined) return 'json';
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? 'query' : 'rest-json';
}

/** A fault in the form that a client of that protocol reads. */
export function toErrorResponse(protocol: Protocol, { status, code, message }: Fault): ServiceResponse {
  const requestId = randomUUID();
  const error = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  const json = JSON.stringify({ __type: code, message });
  const headers = { 'x-amzn-requestid': requestId, 'x-amzn-errortype': code };

  const forms: Readonly<Record<Protocol, () => [contentType: string, body: string | Buffer]>> = {
    json: () => ['application/x-amz-json-1.0', json],
    'rest-json': () => ['application/json', json],
    cbor: () => ['application/cbor', encodeCbor({ __type: code, message })],
    query: () => ['text/xml', queryError(error, requestId)],
    'rest-xml': () => ['text/xml', queryError(error, requestId)],
    ec2: () => ['text/xml', `<Response><Errors><Error>${error}</Error></Errors></Response>`],
    s3: () => ['application/xml', `<?xml version="1.0" encoding="UTF-8"?><Error>${error}</Error>`],
  };
  const [contentType, body] = forms[protocol]();
  const smithy: Record<string, string> = protocol === 'cbor' ? { 'smithy-protocol': 'rpc-v2-cbor' } : {};
  return { status, headers: { ...headers, ...smithy, 'content-type': contentType }, body };
}

const queryError = (error: string, requestId: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** CBOR (RFC 8949) of a flat map of texts, which is all that an error needs. */
function encodeCbor(fields: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(fields);
  return Buffer.concat([Buffer.from([0xa0 + entries.length]), ...entries.flat().map(encodeCborText)]);
}

function encodeCborText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.from([0x7a, 0, 0, 0, 0]);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
