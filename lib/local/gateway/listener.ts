import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { messageOf } from '../../errors.ts';
import { answerControl, type Control, controlPrefix } from './control.ts';
import { refusalOf } from './guard.ts';
import { notEmulated } from './not-emulated.ts';
import { type Fault, protocolOf, toErrorResponse } from './protocol.ts';
import type { ServiceHandler, ServiceRequest, ServiceResponse } from './service.ts';
import { type RequestHead, serviceNameOf, serviceNameOfForm } from './service-name.ts';

export interface FrontOptions {
  /** By the name under which requests are signed: `dynamodb`, `sqs`, `sns`, `scheduler`, … */
  readonly services: Readonly<Record<string, ServiceHandler>>;
  readonly control: Control;
  /** Told of every request for a service that is not here: clients cannot show the answer to a HEAD request. */
  readonly onNotEmulated?: (notice: { readonly service: string; readonly message: string }) => void;
}

/** More than any SQS message or DynamoDB item with its dressing; a batch of DynamoDB writes may be refused. */
const maxBodyBytes = 2 * 1024 * 1024;

/** The whole way of a request through the front: guard, service, body, handler. Never throws. */
export function createListener(options: FrontOptions, port: number): RequestListener {
  return (incoming, outgoing) => {
    const client = new AbortController();
    outgoing.once('close', () => client.abort());
    respond({ options, port, incoming, signal: client.signal })
      .then((response) => send(outgoing, response))
      // What cannot even be sent, such as a header with a line break, must not end the cloud.
      .catch(() => outgoing.destroy());
  };
}

interface Exchange {
  readonly options: FrontOptions;
  readonly port: number;
  readonly incoming: IncomingMessage;
  readonly signal: AbortSignal;
}

async function respond(exchange: Exchange): Promise<ServiceResponse> {
  const { options, port, incoming, signal } = exchange;
  const head = readHead(incoming);
  const named = serviceNameOf(head);
  const fail = (fault: Fault) => toErrorResponse(protocolOf(head.headers, named), fault);

  const refusal = refusalOf(head.headers, port) ?? (head.path.startsWith('/') ? undefined : malformedPath);
  if (refusal !== undefined) return fail(refusal);
  // Before the body: an upload of gigabytes to a service that is not here is answered at once.
  if (named !== undefined && !Object.hasOwn(options.services, named)) return fail(refuseService(options, named));

  try {
    const body = await readBody(incoming);
    if (body === undefined) {
      incoming.resume(); // drops the rest as it comes, so that the client reads the answer and the connection lives
      return fail(tooLarge);
    }
    const request = { ...head, method: incoming.method ?? 'GET', body, signal };
    return await serve(options, request, named);
  } catch (error) {
    return fail({ status: 500, code: 'InternalFailure', message: messageOf(error) });
  }
}

async function serve(
  options: FrontOptions,
  request: ServiceRequest,
  named: string | undefined,
): Promise<ServiceResponse> {
  if (named === undefined && request.path.startsWith(controlPrefix)) return answerControl(request, options.control);

  const service = named ?? serviceNameOfForm(request.body);
  const protocol = protocolOf(request.headers, service);
  if (service === undefined) return toErrorResponse(protocol, nobodyMeant);
  const handler = Object.hasOwn(options.services, service) ? options.services[service] : undefined;
  return handler === undefined ? toErrorResponse(protocol, refuseService(options, service)) : handler(request);
}

function refuseService(options: FrontOptions, service: string): Fault {
  const fault = notEmulated(service);
  options.onNotEmulated?.({ service, message: fault.message });
  return fault;
}

function readHead(incoming: IncomingMessage): RequestHead {
  const url = incoming.url ?? '/';
  // Not `new URL`: it throws on what a broken or hostile client may send.
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
  return { path, query: new URLSearchParams(mark === -1 ? '' : url.slice(mark)), headers };
}

/** The body, or undefined when there is too much of it. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(incoming.headers['content-length'] ?? 0) > maxBodyBytes) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(outgoing: ServerResponse, { status, headers, body }: ServiceResponse): void {
  if (outgoing.destroyed) return;
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    // No emulator may open its tables to web pages, whatever it thinks of itself.
    if (!/^access-control-/i.test(name)) outgoing.setHeader(name, value);
  }
  outgoing.setHeader('content-length', Buffer.byteLength(body));
  outgoing.setHeader('cross-origin-resource-policy', 'same-origin');
  outgoing.setHeader('x-content-type-options', 'nosniff');
  outgoing.end(body);
}

const malformedPath: Fault = { status: 400, code: 'BadRequest', message: 'the path of a request begins with a slash' };

const tooLarge: Fault = {
  status: 413,
  code: 'RequestEntityTooLarge',
  message: `Belfry's embedded cloud takes request bodies of up to ${maxBodyBytes / 1024 / 1024} MiB`,
};

const nobodyMeant: Fault = {
  status: 400,
  code: 'MissingAuthenticationToken',
  message: 'This is the endpoint of an embedded cloud for AWS SDKs: the request names no AWS service',
};
