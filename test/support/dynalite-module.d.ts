declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An emulator of DynamoDB; in memory unless given a `path`. */
  export default function dynalite(options?: { path?: string; createTableMs?: number }): Server;
}
