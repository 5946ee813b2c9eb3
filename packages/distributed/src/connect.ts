import { withoutSecrets } from "@cai/endpoint";
import { Redis } from "ioredis";
import { DistributedError } from "./error.ts";

/**
 * A connection that outlives Redis's restarts: what is asked meanwhile waits. `rediss://` goes over TLS, with the authorities that Node knows: its own,
 * and those in the file that NODE_EXTRA_CA_CERTS named when the process began. The caller ends it by `disconnect()`.
 *
 * @param options.patienceMs how long one may take that is about to start. Default 3 000.
 * @throws DistributedError `bad-option` for what is no address, `no-redis` where none answers, or refuses the password, or has a certificate that
 *   can't be trusted. The address is told without its secrets.
 *
 * @example
 * const redis = await connect("redis://:secret@127.0.0.1:6379");
 * redis.disconnect();
 */
export async function connect(url: string, { patienceMs = 3_000 }: { readonly patienceMs?: number } = {}): Promise<Redis> {
  const shown = withoutSecrets(url);
  if (!/^rediss?:\/\/./.test(url))
    throw new DistributedError("bad-option", `${JSON.stringify(shown)} is no address of Redis: give one as redis://127.0.0.1:6379`);
  const retryStrategy = (tries: number) => Math.min(tries * 100, 2_000);
  const redis = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true, retryStrategy });
  let last: Error | undefined;
  const timer = new AbortController();
  const late = new Promise<"late">((resolve) => {
    const timeout = setTimeout(() => resolve("late"), patienceMs);
    timer.signal.addEventListener("abort", () => clearTimeout(timeout));
    redis.on("error", (error: Error) => {
      last = error;
      if (adviceOf(error) !== undefined) resolve("late"); // it will be no other
    });
  });
  try {
    redis.connect().catch(() => {}); // it is tried again
    const answer = await Promise.race([redis.ping(), late]);
    if (answer === "late") throw last ?? new Error(`no answer in ${patienceMs / 1000} s`);
    return redis;
  } catch (error) {
    redis.disconnect();
    const cause = last ?? (error as Error);
    const advice =
      adviceOf(cause) ??
      "start redis-server, or give its address and password, by rediss:// where it speaks TLS and by redis:// where it does not";
    throw new DistributedError("no-redis", `no Redis at ${shown}: ${cause.message}; ${advice}`, { cause });
  } finally {
    timer.abort();
  }
}

/** What no further try would mend, and what to do about it. */
function adviceOf(error: Error): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return undefined;
  if (/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?))$/.test(code))
    return "nobody whom this machine trusts has signed its certificate: name the file (PEM) of the authority that has in NODE_EXTRA_CA_CERTS";
  if (code === "CERT_HAS_EXPIRED") return "its certificate has to be renewed";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "its certificate is for other names: give its address by one of them";
  return undefined;
}
