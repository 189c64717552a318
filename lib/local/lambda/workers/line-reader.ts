import { StringDecoder } from 'node:string_decoder';

/** CloudWatch Logs cuts events into pieces of this size. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const MAX_LINE_LENGTH = 256 * 1024;

export interface LineReaderOptions {
  /** What ends an invocation's output: this and the request id, as the end of a line. */
  readonly marker: string;
  readonly onLine: (line: string) => void;
  readonly onMarker: (requestId: string) => void;
}

/** Makes lines of what a process writes: of pieces of lines and of characters, of lines without an end, of huge ones. */
export class LineReader {
  readonly #options: LineReaderOptions;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(options: LineReaderOptions) {
    this.#options = options;
  }

  write(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#take(line);
    // What is kept is long enough for a marker never to be cut.
    while (this.#rest.length > 2 * MAX_LINE_LENGTH) {
      this.#options.onLine(this.#rest.slice(0, MAX_LINE_LENGTH));
      this.#rest = this.#rest.slice(MAX_LINE_LENGTH);
    }
  }

  /** The process has ended: what has no line end is a line. */
  end(): void {
    this.#emit(this.#rest + this.#decoder.end());
    this.#rest = '';
  }

  /** The marker follows upon whatever was written last, so a line without an end is before it. */
  #take(line: string): void {
    const { marker, onMarker } = this.#options;
    const start = line.lastIndexOf(marker);
    this.#emit(start < 0 ? line : line.slice(0, start));
    if (start >= 0) onMarker(line.slice(start + marker.length));
  }

  /** Empty lines are dropped, as CloudWatch Logs drops them. */
  #emit(text: string): void {
    for (let start = 0; start < text.length; start += MAX_LINE_LENGTH) {
      this.#options.onLine(text.slice(start, start + MAX_LINE_LENGTH));
    }
  }
}
