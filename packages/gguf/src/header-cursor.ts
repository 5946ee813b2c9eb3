import { GgufError } from "./error.ts";
import { readBytes, type SizedFile } from "./read-bytes.ts";

/** Bytes of the file that are held at a time. */
const windowLength = 2 ** 18;

/** Goes through a file from its beginning, holding a window of it; whatever would lead beyond the end of the file is refused. */
export class HeaderCursor {
  position = 0;
  readonly #file: SizedFile;
  #window = new DataView(new ArrayBuffer(0));
  #windowStart = 0;

  constructor(file: SizedFile) {
    this.#file = file;
  }

  async uint32(what: string): Promise<number> {
    return this.#at(await this.#load(4, what), (offset) => this.#window.getUint32(offset, true), 4);
  }

  /** A count or a length: beyond what JavaScript counts exactly it can't fit the file either. */
  async uint64(what: string): Promise<number> {
    return this.#at(await this.#load(8, what), (offset) => Number(this.#window.getBigUint64(offset, true)), 8);
  }

  /** Goes over a string, and says where its bytes stand. */
  async skipString(what: string): Promise<{ readonly position: number; readonly length: number }> {
    const length = await this.uint64(what);
    const position = this.position;
    this.skip(length, 1, what);
    return { position, length };
  }

  /** A string of at most so many bytes. */
  async string(longest: number, what: string): Promise<string> {
    const length = await this.uint64(what);
    if (length > longest) throw this.refuse(`${what} has a name of ${length} bytes: at most ${longest} are possible`);
    const offset = await this.#load(length, what);
    const bytes = new Uint8Array(this.#window.buffer, offset, length);
    this.position += length;
    return new TextDecoder().decode(bytes);
  }

  skip(count: number, bytesEach: number, what: string): void {
    this.expect(count, bytesEach, what);
    this.position += count * bytesEach;
  }

  /** Refuses a count of things that, with so many bytes each at least, would not fit the rest of the file. */
  expect(count: number, bytesEach: number, what: string): void {
    const left = this.#file.length - this.position;
    if (count > left / bytesEach)
      throw this.refuse(`${what} is to take ${count} × ${bytesEach} bytes, ${left} are left in the file: it is damaged or was cut short`);
  }

  refuse(message: string): GgufError {
    return new GgufError("bad-file", `${this.#file.path}: ${message}`);
  }

  /** The offset in the window of the next bytes. */
  async #load(bytes: number, what: string): Promise<number> {
    this.expect(bytes, 1, what);
    const offset = this.position - this.#windowStart;
    if (offset + bytes <= this.#window.byteLength) return offset;
    const window = new Uint8Array(Math.min(windowLength, this.#file.length - this.position));
    await readBytes(this.#file, this.position, window);
    this.#window = new DataView(window.buffer);
    this.#windowStart = this.position;
    return 0;
  }

  #at(offset: number, read: (offset: number) => number, bytes: number): number {
    const value = read(offset);
    this.position += bytes;
    return value;
  }
}
