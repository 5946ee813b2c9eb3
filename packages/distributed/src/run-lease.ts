import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Redis } from "ioredis";
import { connect } from "./connect.ts";
import { isRunId, prefix, runKey, sha256 } from "./names.ts";
import { removeKeys } from "./remove-keys.ts";

/** A learner renews it every few seconds, but not while its thread computes: a long update takes minutes at most. */
const lifetimeSeconds = 300;
const renewMs = 5_000;

/** A learner's connection, and its word that it lives: where that is gone, workers drop its jobs. Each process of a run has one of its own. */
export class RunLease {
  /** Of this process alone: no answer to an earlier one is taken for one to this. */
  readonly run: string;
  /** The run of an earlier process of this owner, which was killed. */
  readonly before: string | undefined;
  readonly redis: Redis;
  readonly #owner: string;
  readonly #timer: NodeJS.Timeout;

  private constructor(redis: Redis, run: string, owner: string, before: string | undefined) {
    this.run = run;
    this.before = before;
    this.redis = redis;
    this.#owner = owner;
    this.#timer = setInterval(() => void this.#renew().catch(() => {}), renewMs);
    this.#timer.unref();
  }

  /**
   * Connects, takes a lease and makes something with it, which then ends it. Where that fails, the connection ends.
   *
   * @param given.owner what only one learner at a time can be: the run's folder, say. What an earlier one left, which was killed, is removed.
   * @throws DistributedError `no-redis`, `bad-option`; what `make` throws
   */
  static async hold<Made>(given: { readonly redis: string; readonly owner: string }, make: (lease: RunLease) => Made | Promise<Made>) {
    const redis = await connect(given.redis);
    try {
      return await make(await RunLease.#take(redis, given.owner));
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  }

  static async #take(redis: Redis, owner: string): Promise<RunLease> {
    const key = `${prefix}:owner:${sha256(`${hostname()} ${owner}`).slice(0, 16)}`;
    const run = randomBytes(8).toString("hex");
    const found = await redis.get(key);
    const before = isRunId(found) ? found : undefined;
    if (before !== undefined) await removeRunKeys(redis, before);
    const lease = new RunLease(redis, run, key, before);
    await lease.#renew();
    return lease;
  }

  /** Removes all that the run has in Redis, but jobs, and ends the connection. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await removeRunKeys(this.redis, this.run);
    if ((await this.redis.get(this.#owner)) === this.run) await this.redis.del(this.#owner);
    this.redis.disconnect();
  }

  async #renew(): Promise<void> {
    await this.redis.set(runKey(this.run), JSON.stringify({ host: hostname(), pid: process.pid }), "EX", lifetimeSeconds);
    await this.redis.set(this.#owner, this.run, "EX", 24 * 3600);
  }
}

/** Whether the learner of a run still wants answers. */
export const isRunAlive = async (redis: Redis, run: string): Promise<boolean> => (await redis.exists(runKey(run))) === 1;

async function removeRunKeys(redis: Redis, run: string): Promise<void> {
  await redis.unlink(runKey(run)); // first: a worker that looks now writes no answer any more
  await removeKeys(redis, `${runKey(run)}:*`);
}
