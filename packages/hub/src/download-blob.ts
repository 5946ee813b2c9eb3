import { createHash, type Hash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { HubApiError } from "@huggingface/hub";
import { boundedAnswer } from "./bounded-fetch.ts";
import { claimPartial } from "./claim-partial.ts";
import { HubError } from "./error.ts";
import type { ListedFile } from "./listed-file.ts";

export interface BlobDownload {
  readonly url: string;
  readonly file: ListedFile;
  /** The folder of blobs. */
  readonly blobs: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal | undefined;
  /** A transfer that brings nothing for so long counts as broken. */
  readonly stallMs: number;
  /** Told of the bytes of this file that are here, whenever some came. */
  onBytes(received: number): void;
}

/** Failures in a row, without a byte between them, after which a download is given up; pauses between them grow to a fifth of `stallMs`. */
const mostFailures = 4;

/**
 * Downloads a file to `<blobs>/<hash>` and checks its size and hash. A broken transfer goes on where it stopped, also in a later process;
 * the library's own download would begin again, check nothing and write to standard output.
 *
 * @throws HubError `damaged`; HubApiError; what `fetch` and the file system throw; the signal's reason
 */
export async function downloadBlob(download: BlobDownload): Promise<void> {
  const { file, blobs } = download;
  await mkdir(blobs, { recursive: true });
  const { path, release } = await claimPartial(blobs, file.hash);
  try {
    const handle = await open(path, "a+");
    try {
      await receiveAll(download, new GrowingFile(handle, file));
    } finally {
      await handle.close();
    }
    await rename(path, join(blobs, file.hash));
  } catch (error) {
    if (HubError.isInstance(error)) await rm(path, { force: true });
    throw error;
  } finally {
    release();
  }
}

async function receiveAll(download: BlobDownload, growing: GrowingFile): Promise<void> {
  const { file, signal, stallMs, onBytes } = download;
  await growing.readBack();
  let fromBefore = growing.received > 0;
  for (let failures = 0; ; ) {
    const before = growing.received;
    onBytes(before);
    try {
      if (before < file.size) await receive(download, growing);
      if (growing.isRight()) return;
      if (!fromBefore) throw new HubError("damaged", `${download.url} sent something else than the hub lists for it: try again later`);
      fromBefore = false;
      await growing.restart();
    } catch (error) {
      signal?.throwIfAborted();
      failures = growing.received > before ? 0 : failures + 1;
      if (!passes(error) || failures > mostFailures) throw error;
      if (failures > 0) await delay((stallMs / 80) * 2 ** failures, undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** One request; returns when the file is whole. */
async function receive({ url, file, headers, fetch, signal, stallMs, onBytes }: BlobDownload, growing: GrowingFile): Promise<void> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error(`${url} sent nothing for ${stallMs / 1000} s`)), stallMs);
  try {
    const range = growing.received > 0 ? { range: `bytes=${growing.received}-` } : undefined;
    const response = await fetch(url, {
      headers: { ...headers, ...range, "accept-encoding": "identity" },
      signal: signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]),
    });
    if (!response.ok) throw new HubApiError(url, response.status, undefined, await boundedAnswer(response).text());
    if (response.headers.get("content-range")?.startsWith(`bytes ${growing.received}-`) !== true) await growing.restart();
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      await growing.append(chunk as Uint8Array);
      onBytes(growing.received);
    }
    if (growing.received < file.size) throw new Error(`${url} ended after ${growing.received} bytes of ${file.size}`);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a failure may pass by itself: a broken connection, a server that is busy. */
function passes(error: unknown): boolean {
  if (error instanceof HubApiError) return error.statusCode === 429 || error.statusCode >= 500;
  return !HubError.isInstance(error) && !(error as object as { errno?: unknown }).errno;
}

/** A file that grows, and the hash of what it holds. */
class GrowingFile {
  received = 0;
  readonly #handle: FileHandle;
  readonly #file: ListedFile;
  #hash: Hash;

  constructor(handle: FileHandle, file: ListedFile) {
    this.#handle = handle;
    this.#file = file;
    this.#hash = newHash(file);
  }

  /** Takes in what the file holds already. */
  async readBack(): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size > this.#file.size) return this.restart();
    for await (const chunk of this.#handle.createReadStream({ start: 0, autoClose: false })) this.#add(chunk as Buffer);
  }

  async append(chunk: Uint8Array): Promise<void> {
    if (this.received + chunk.length > this.#file.size)
      throw new HubError(
        "damaged",
        `${this.#file.name} came with more than the ${this.#file.size} bytes that the hub lists: try again later`,
      );
    await this.#handle.appendFile(chunk);
    this.#add(chunk);
  }

  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.received = 0;
    this.#hash = newHash(this.#file);
  }

  isRight(): boolean {
    return this.#hash.copy().digest("hex") === this.#file.hash;
  }

  #add(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.received += chunk.length;
  }
}

/** The hub names a large file by its SHA-256, a small one as git does: by the SHA-1 of "blob", its length, a zero byte and its bytes. */
function newHash({ hash, size }: ListedFile): Hash {
  return hash.length === 64 ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}
