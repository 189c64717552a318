import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fullPath } from './file-argument.ts';

/** A file that is not read, with the reason; for everything that lies about under a name that promises more. */
export type TextOrReason =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string };

/**
 * The text of a regular file.
 *
 * @param path as the user named it
 * @param longest in bytes
 */
export async function readText(path: string, longest: number): Promise<TextOrReason> {
  let file: FileHandle | undefined;
  try {
    // Opening a pipe would wait for somebody to write into it.
    file = await open(fullPath(path), constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (stat.isDirectory()) return { ok: false, reason: 'is a folder' };
    if (!stat.isFile()) return { ok: false, reason: 'is no regular file' };
    if (stat.size > longest) return { ok: false, reason: `has ${stat.size} bytes; at most ${longest} are read` };
    const bytes = await file.readFile();
    if (bytes.includes(0)) return { ok: false, reason: 'is no text: it holds a zero byte' };
    return { ok: true, text: bytes.toString('utf8') };
  } catch (error) {
    return { ok: false, reason: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}` };
  } finally {
    await file?.close();
  }
}
