import type { Redis } from "ioredis";
import { runKey } from "./names.ts";
import { removeKeys } from "./remove-keys.ts";
import { mostObjectBytes, objectLifetimeSeconds, refuseLargeObject, type WeightStore } from "./weight-store.ts";

/** Weights in Redis. Its memory holds the last two versions of what is trained. */
export class RedisWeightStore implements WeightStore {
  readonly #redis: Redis;

  /** @param redis the caller's, which it ends. */
  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async put(run: string, name: string, bytes: Uint8Array): Promise<void> {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    await this.#redis.set(keyOf(run, name), view, "EX", objectLifetimeSeconds);
  }

  async get(run: string, name: string): Promise<Uint8Array | undefined> {
    const found = await this.#redis.getrangeBuffer(keyOf(run, name), 0, mostObjectBytes); // one byte more than there may be
    refuseLargeObject(name, found.length);
    return found.length === 0 ? undefined : found; // no object is empty
  }

  async drop(run: string, names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.#redis.unlink(...names.map((name) => keyOf(run, name)));
  }

  async removeRun(run: string): Promise<void> {
    await removeKeys(this.#redis, keyOf(run, "*"));
  }
}

const keyOf = (run: string, name: string): string => `${runKey(run)}:weights:${name}`;
