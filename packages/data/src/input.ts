import { type FileHandle, open } from "node:fs/promises";
import { bytesReader } from "@cai/whole-file";
import { DataError } from "./error.ts";

/** As many bytes as tell what a file is. */
const headLength = 1000;
const pieceLength = 2 ** 20;
const readBytes = bytesReader(DataError);

/** Bytes that can be asked for from any place, as hyparquet asks for them. */
export interface RandomAccess {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** A file that is open for reading, or standard input. */
export interface Input {
  /** For messages. */
  readonly name: string;
  /** The first bytes: 1000, or all where there are fewer. */
  readonly head: Uint8Array;
  /** All bytes in order, a piece at a time. Can be called once, and not together with `randomAccess`. */
  pieces(): AsyncGenerator<Uint8Array>;
  /** A file is read where it is asked for; what has no places, a pipe, is taken into memory. */
  randomAccess(): Promise<RandomAccess>;
  close(): Promise<void>;
}

/**
 * Opens a file, or standard input for `-`. The caller closes it.
 *
 * @throws DataError `cannot-read`
 */
export async function openInput(file: string): Promise<Input> {
  if (file === "-") return inputOf("standard input", process.stdin[Symbol.asyncIterator]());
  const refuse = refusalOf(file);
  const handle = await open(file).catch(refuse);
  try {
    const isFile = (await handle.stat()).isFile();
    return await inputOf(file, piecesOf(handle, refuse), handle, isFile);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function inputOf(name: string, source: AsyncIterator<Uint8Array>, handle?: FileHandle, isFile = false): Promise<Input> {
  const first: Uint8Array[] = [];
  for (let length = 0; length < headLength; ) {
    const { value, done } = await source.next();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield* first.splice(0);
    yield* { [Symbol.asyncIterator]: () => source };
  }
  const head = Buffer.concat(first).subarray(0, headLength);
  return {
    name,
    head,
    pieces,
    randomAccess: async () => (handle && isFile ? placesOf(name, handle) : inMemory(pieces())),
    close: async () => handle?.close(),
  };
}

async function* piecesOf(handle: FileHandle, refuse: (cause: NodeJS.ErrnoException) => never): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = new Uint8Array(pieceLength); // a new one each time: lines are views of it
    const { bytesRead } = await handle.read(piece, 0, pieceLength, null).catch(refuse);
    if (bytesRead === 0) return;
    yield piece.subarray(0, bytesRead);
  }
}

const refusalOf = (file: string) => (cause: NodeJS.ErrnoException) => {
  const reason = cause.code === "ENOENT" ? "does not exist" : cause.code === "EISDIR" ? "is a folder" : `can't be read (${cause.code})`;
  throw new DataError("cannot-read", `${file} ${reason}: give a file of lines, or - for standard input`, { cause });
};

async function placesOf(path: string, handle: FileHandle): Promise<RandomAccess> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(end - start);
      await readBytes({ path, handle }, start, bytes);
      return bytes.buffer;
    },
  };
}

async function inMemory(pieces: AsyncIterable<Uint8Array>): Promise<RandomAccess> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  const bytes = new Uint8Array(Buffer.concat(all));
  return { byteLength: bytes.length, slice: async (start, end) => bytes.slice(start, end).buffer };
}
