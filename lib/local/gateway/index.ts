import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BelfryError } from '../../errors.ts';
import { createListener, type FrontOptions } from './listener.ts';

export type { Control } from './control.ts';
export type { FrontOptions } from './listener.ts';
export { type Fault, type Protocol, protocolOf, toErrorResponse } from './protocol.ts';
export type { ControlHandler, ServiceHandler, ServiceRequest, ServiceResponse } from './service.ts';

/** The one port of the embedded cloud. */
export interface Front {
  /** `http://127.0.0.1:<port>`: the value for `AWS_ENDPOINT_URL`. */
  readonly origin: string;
  readonly port: number;
  /** Ends every connection, also those in the middle of a long poll, and frees the port. */
  close(): Promise<void>;
}

/** Another program listens on the wanted port. */
export class PortInUseError extends BelfryError {
  override readonly name = 'PortInUseError';
  readonly code = 'PORT_IN_USE';
  readonly port: number;

  constructor(port: number, options?: ErrorOptions) {
    super(`port ${port} of 127.0.0.1 is in use by another program: stop that one, or give another port`, options);
    this.port = port;
  }
}

/**
 * Opens the embedded cloud's only listening socket, on 127.0.0.1, and routes its requests to the services.
 *
 * @throws PortInUseError
 */
export async function startFront(options: FrontOptions & { readonly port?: number }): Promise<Front> {
  // An SDK keeps its idle connections for ever. A server that ends one just as it is used again costs the
  // client a retry, or an error where the request may not be repeated: so it never does (0).
  const server = createServer({ keepAlive: true, keepAliveTimeout: 0 });
  const port = await listen(server, options.port ?? 0);
  server.on('request', createListener(options, port));

  return { origin: `http://127.0.0.1:${port}`, port, close: () => close(server) };
}

/**
 * How many connections may wait until they are taken. Hundreds of functions that start in one minute open more than the
 * 511 of Node's default while this process is busy; the kernel drops what is beyond, and has its own limit.
 */
const BACKLOG = 4096;

/** @returns the port */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(port, { cause: error }) : error);
    });
    server.listen({ port, host: '127.0.0.1', backlog: BACKLOG }, () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
