import type { BrowserFile, BrowserWritable } from "./browser-folder.ts";
import { systemError } from "./system-error.ts";

/** An open file of a browser's folder: the part of Node's `FileHandle` that is used here. */
export class BrowserFileHandle {
  /** There are no descriptors: what reads through one asks for native TensorFlow first. */
  readonly fd = -1;
  readonly #path: string;
  readonly #file: BrowserFile;
  readonly #content: Blob;
  #writable: BrowserWritable | undefined;

  private constructor(path: string, file: BrowserFile, content: Blob) {
    this.#path = path;
    this.#file = file;
    this.#content = content;
  }

  static async open(path: string, file: BrowserFile): Promise<BrowserFileHandle> {
    return new BrowserFileHandle(path, file, await file.getFile());
  }

  async stat() {
    return { size: this.#content.size, isFile: () => true, isDirectory: () => false };
  }

  /** Of the content that the file had when it was opened. */
  async read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    const read = await this.#or(this.#content.slice(position, position + length).arrayBuffer());
    bytes.set(new Uint8Array(read), offset);
    return { bytesRead: read.byteLength };
  }

  readFile(_encoding: "utf8"): Promise<string> {
    return this.#or(this.#content.text());
  }

  async write(bytes: Uint8Array, offset = 0): Promise<{ bytesWritten: number }> {
    const piece = bytes.subarray(offset) as Uint8Array<ArrayBuffer>;
    await this.#or(this.#write(piece));
    return { bytesWritten: piece.length };
  }

  async writeFile(content: string | Uint8Array): Promise<void> {
    await this.write(bytesOf(content));
  }

  /** Behind what the file holds by now; it is there when this resolves. */
  appendFile(content: string | Uint8Array): Promise<void> {
    const append = async () => {
      const writable = await this.#file.createWritable({ keepExistingData: true });
      await writable.seek((await this.#file.getFile()).size);
      await writable.write(bytesOf(content));
      await writable.close();
    };
    return this.#or(append());
  }

  /** Nothing is in the file before `close`, and all of it is afterwards. */
  async sync(): Promise<void> {}

  async close(): Promise<void> {
    const writable = this.#writable;
    this.#writable = undefined;
    if (writable !== undefined) await this.#or(writable.close());
  }

  async #write(piece: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#writable ??= await this.#file.createWritable();
    await this.#writable.write(piece);
  }

  #or<Result>(result: Promise<Result>): Promise<Result> {
    return result.catch((cause: unknown) => {
      throw systemError(this.#path, cause);
    });
  }
}

const bytesOf = (content: string | Uint8Array): Uint8Array<ArrayBuffer> =>
  typeof content === "string" ? new TextEncoder().encode(content) : (content as Uint8Array<ArrayBuffer>);
