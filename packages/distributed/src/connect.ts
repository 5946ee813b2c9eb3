import { withoutSecrets } from "@cai/endpoint";
import { Redis } from "ioredis";
import { DistributedError } from "./error.ts";

/** One that is about to start has so long. */
const patienceMs = 3_000;

/**
 * A connection that outlives Redis's restarts: what is asked meanwhile waits. `rediss://` goes over TLS, with the system's authorities. The caller
 * ends it by `disconnect()`.
 *
 * @throws DistributedError `bad-option` for what is no address, `no-redis` where none answers, or refuses the password. The address is told
 *   without its secrets.
 *
 * @example
 * const redis = await connect("redis://:secret@127.0.0.1:6379");
 * redis.disconnect();
 */
export async function connect(url: string): Promise<Redis> {
  const shown = withoutSecrets(url);
  if (!/^rediss?:\/\/./.test(url))
    throw new DistributedError("bad-option", `${JSON.stringify(shown)} is no address of Redis: give one as redis://127.0.0.1:6379`);
  const retryStrategy = (tries: number) => Math.min(tries * 100, 2_000);
  const redis = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true, retryStrategy });
  let last: Error | undefined;
  redis.on("error", (error: Error) => {
    last = error;
  });
  const timer = new AbortController();
  const late = new Promise<"late">((resolve) => {
    const timeout = setTimeout(() => resolve("late"), patienceMs);
    timer.signal.addEventListener("abort", () => clearTimeout(timeout));
  });
  try {
    redis.connect().catch(() => {}); // it is tried again
    const answer = await Promise.race([redis.ping(), late]);
    if (answer === "late") throw last ?? new Error(`no answer in ${patienceMs / 1000} s`);
    return redis;
  } catch (error) {
    redis.disconnect();
    const { message } = last ?? (error as Error);
    throw new DistributedError("no-redis", `no Redis at ${shown}: ${message}; start redis-server, or give its address and password`);
  } finally {
    timer.abort();
  }
}
