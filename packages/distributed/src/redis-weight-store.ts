import type { Redis } from "ioredis";
import { runKey } from "./names.ts";
import { removeKeys } from "./remove-keys.ts";
import type { WeightStore } from "./weight-store.ts";

/** A string in Redis holds 512 MB at most, and a command of 8 MiB keeps no other waiting for long. */
const chunkBytes = 8 * 2 ** 20;
/** What a learner that was killed leaves behind goes by itself. */
const lifetimeSeconds = 24 * 3600;

/** Weights in Redis, in chunks. Its memory holds the last two versions of what is trained. */
export class RedisWeightStore implements WeightStore {
  readonly #redis: Redis;

  /** @param redis the caller's, which it ends. */
  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async putPiece(run: string, piece: string, bytes: Uint8Array): Promise<void> {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const [chunk, start] of chunksOf(bytes.byteLength).entries())
      await this.#redis.set(pieceKey(run, piece, chunk), view.subarray(start, start + chunkBytes), "EX", lifetimeSeconds);
  }

  async publish(run: string, version: string, manifest: string): Promise<void> {
    await this.#redis.set(versionKey(run, version), manifest, "EX", lifetimeSeconds);
  }

  async readManifest(run: string, version: string): Promise<string | undefined> {
    return (await this.#redis.get(versionKey(run, version))) ?? undefined;
  }

  async readPiece(run: string, piece: string, bytes: number): Promise<Uint8Array | undefined> {
    const chunks: Buffer[] = [];
    for (const chunk of chunksOf(bytes).keys()) {
      const found = await this.#redis.getBuffer(pieceKey(run, piece, chunk));
      if (found === null) return undefined;
      chunks.push(found);
    }
    return Buffer.concat(chunks);
  }

  async drop(run: string, { pieces, versions }: { readonly pieces: readonly string[]; readonly versions: readonly string[] }) {
    if (versions.length > 0) await this.#redis.unlink(...versions.map((version) => versionKey(run, version)));
    let removed = pieces.length;
    for (let chunk = 0; removed > 0; chunk++) removed = await this.#redis.unlink(...pieces.map((piece) => pieceKey(run, piece, chunk)));
  }

  async removeRun(run: string): Promise<void> {
    await removeKeys(this.#redis, `${weightsKey(run)}:*`);
  }
}

/** Where the chunks of so many bytes begin; an empty piece has one. */
const chunksOf = (bytes: number): number[] =>
  Array.from({ length: Math.max(1, Math.ceil(bytes / chunkBytes)) }, (_, chunk) => chunk * chunkBytes);

const weightsKey = (run: string): string => `${runKey(run)}:weights`;
const pieceKey = (run: string, piece: string, chunk: number): string => `${weightsKey(run)}:piece:${piece}:${chunk}`;
const versionKey = (run: string, version: string): string => `${weightsKey(run)}:version:${version}`;
