import { access, type FileHandle, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileLockPath, lockFile, syncFolder, wholeFiles } from "@cai/whole-file";
import { canonicalJson, type Json } from "./content-hash.ts";
import { ConstitutionError } from "./error.ts";

/** How far a file of rows is. */
export interface RowProgress {
  readonly done: number;
  readonly total: number;
}

/** A file of rows that is to be made. */
export interface RowFileOptions<Row extends object> {
  /** JSON lines. Beside it stands `<file>.meta.json`, which says what it was made of. */
  readonly file: string;
  /** Everything that the rows depend on: hashes of what they are made of, options, the seed. A file of another identity is refused. */
  readonly identity: { readonly [name: string]: Json };
  /** Rows of the whole file. */
  readonly total: number;
  /** Rows that are made together. */
  readonly chunkRows: number;
  /** The rows `first` … `first + count − 1`, the same whenever they are made. */
  readonly make: (first: number, count: number) => Promise<readonly Row[]>;
  readonly signal?: AbortSignal | undefined;
  /** Called at the start and after each chunk. */
  readonly onProgress?: ((progress: RowProgress) => void) | undefined;
}

/** What a file of rows holds. */
export interface RowFile<Row extends object> {
  /** As read from the file, all of them. */
  readonly rows: Row[];
  /** How many of them were there before. */
  readonly kept: number;
}

const files = wholeFiles(ConstitutionError);

/**
 * Makes a file of rows, chunk after chunk; each is on the disk before the next is begun. Over a file that was begun it keeps the whole chunks
 * and goes on, so that a run which was killed anywhere, and started again, ends with the bytes of one that was not. Meanwhile the file is locked
 * (`<file>.lock`); its folder is made where it is missing.
 *
 * @throws ConstitutionError `locked` where another process makes the file, `cannot-lock`, `file-exists` for a file of another identity,
 * `bad-answer` where `make` gives another number of rows, `cannot-write`; the signal's reason when it is aborted, at the end of a chunk or by
 * `make`
 * @example
 * const { rows } = await produceRows({
 *   file: "squares.jsonl",
 *   identity: { power: 2 },
 *   total: 5,
 *   chunkRows: 2,
 *   make: async (first, count) => Array.from({ length: count }, (_, i) => ({ square: (first + i) ** 2 })),
 * });
 */
export async function produceRows<Row extends object>(options: RowFileOptions<Row>): Promise<RowFile<Row>> {
  const lock = await lockFile(options.file, ConstitutionError);
  try {
    return await makeRows(options);
  } finally {
    await lock.release();
  }
}

/**
 * Whether a file of rows was begun, also one that was stopped before its first chunk. Only what is not there counts as none: the system's error
 * is thrown where it can't be seen.
 *
 * @example
 * await holdsRows("no-such-file.jsonl"); // false
 */
export async function holdsRows(file: string): Promise<boolean> {
  for (const name of [file, metaOf(file), fileLockPath(file)]) if (await isThere(name)) return true;
  return false;
}

const metaOf = (file: string): string => `${file}.meta.json`;

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

async function makeRows<Row extends object>(options: RowFileOptions<Row>): Promise<RowFile<Row>> {
  const { file, total, chunkRows, make, signal, onProgress } = options;
  const { rows, bytes } = await openRows<Row>(options);
  const kept = rows.length;
  const handle = await open(file, "a").catch(refuse(file));
  try {
    await handle.truncate(bytes).catch(refuse(file));
    await syncFolder(dirname(file));
    onProgress?.({ done: rows.length, total });
    while (rows.length < total) {
      signal?.throwIfAborted();
      const count = Math.min(chunkRows, total - rows.length);
      const made = await make(rows.length, count);
      if (made.length !== count)
        throw new ConstitutionError("bad-answer", `${count} rows from ${rows.length} on were asked for ${file}, ${made.length} came`);
      const lines = made.map((row) => JSON.stringify(row));
      await append(handle, file, lines);
      rows.push(...lines.map((line) => JSON.parse(line) as Row));
      onProgress?.({ done: rows.length, total });
    }
    return { rows, kept };
  } finally {
    await handle.close();
  }
}

const refuse = (file: string) => (cause: unknown) => {
  throw new ConstitutionError("cannot-write", `${file} can't be written: ${cause instanceof Error ? cause.message : cause}`, { cause });
};

async function append(handle: FileHandle, file: string, lines: readonly string[]): Promise<void> {
  await handle.appendFile(lines.map((line) => `${line}\n`).join("")).catch(refuse(file));
  await handle.datasync().catch(refuse(file));
}

/** The whole chunks that a file holds, and the bytes that they take; what says of which identity they are is on the disk afterwards. */
async function openRows<Row extends object>({ file, identity, total, chunkRows }: RowFileOptions<Row>) {
  const bytes = await readIfThere(file);
  const meta = metaOf(file);
  const made = { identity, total, chunkRows };
  if (bytes === undefined) {
    await files.write(meta, `${JSON.stringify(made, null, 2)}\n`);
    return { rows: [] as Row[], bytes: 0 };
  }
  refuseOther(file, await readIfThere(meta), made);
  return wholeChunks<Row>(bytes, { total, chunkRows });
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

function refuseOther(file: string, meta: Buffer | undefined, made: { readonly [name: string]: Json }): void {
  const advice = "give another name, or remove the file to make it anew";
  if (meta === undefined)
    throw new ConstitutionError("file-exists", `${file} is there, without ${metaOf(file)} that says what it was made of: ${advice}`);
  const stored = parseMeta(meta);
  if (stored === undefined)
    throw new ConstitutionError("file-exists", `${metaOf(file)} is damaged, so nothing says what ${file} was made of: ${advice}`);
  const before = flat(stored);
  const now = flat(made);
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => before[name] !== now[name]);
  if (changed.length === 0) return;
  const changes = changed.map((name) => `${name} was ${before[name] ?? "not given"}, is ${now[name] ?? "not given"}`);
  throw new ConstitutionError("file-exists", `${file} was made otherwise (${changes.join("; ")}): ${advice}`);
}

function parseMeta(bytes: Uint8Array): { readonly [name: string]: Json } | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as { [name: string]: Json }) : undefined;
  } catch {
    return undefined;
  }
}

/** Each name with the JSON of its value, those of the identity among them. */
const flat = ({ identity, ...others }: { readonly [name: string]: Json }): Record<string, string> =>
  Object.fromEntries(Object.entries({ ...(identity as object), ...others }).map(([name, value]) => [name, canonicalJson(value)]));

/** Lines up to the first that isn't whole, cut to whole chunks; the last chunk of the file may be a short one. */
function wholeChunks<Row extends object>(bytes: Buffer, { total, chunkRows }: { readonly total: number; readonly chunkRows: number }) {
  const rows: Row[] = [];
  const ends = [0];
  while (rows.length < total) {
    const end = bytes.indexOf("\n", ends.at(-1));
    const row = end < 0 ? undefined : parseRow<Row>(bytes.subarray(ends.at(-1), end));
    if (row === undefined) break;
    rows.push(row);
    ends.push(end + 1);
  }
  const lines = rows.length === total ? total : rows.length - (rows.length % chunkRows);
  return { rows: rows.slice(0, lines), bytes: ends[lines]! };
}

function parseRow<Row>(line: Uint8Array): Row | undefined {
  try {
    return JSON.parse(utf8.decode(line)) as Row;
  } catch {
    return undefined; // a power cut may leave anything where a chunk was being written
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
