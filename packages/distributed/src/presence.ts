import type { Redis } from "ioredis";
import { connect } from "./connect.ts";
import type { EngineIdentity } from "./engine-identity.ts";
import type { LabellerIdentity } from "./labeller-identity.ts";
import { workerKey } from "./names.ts";
import { scannedKeys } from "./remove-keys.ts";

export type WorkerRole = "rollout" | "score" | "label" | "reference";

/** What a worker tells of itself. */
export interface WorkerPresence {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** What it takes, each from the queue of that name. */
  readonly roles: Partial<Readonly<Record<WorkerRole, string>>>;
  /** Of what draws, or reads a reference, where it does. */
  readonly engine?: EngineIdentity;
  /** Of what is asked, where it answers questions. */
  readonly labeller?: LabellerIdentity;
  /** The job that it is at. */
  readonly job: string | undefined;
  readonly jobsDone: number;
  readonly jobsFailed: number;
  /** Of the responses drawn, and a second of drawing them. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
  /** How long the last version of the weights took to load. */
  readonly loadSeconds: number;
}

const lifetimeSeconds = 15;

/** Tells it for the next seconds. */
export async function tellPresence(redis: Redis, presence: WorkerPresence): Promise<void> {
  await redis.set(workerKey(presence.id), JSON.stringify(presence), "EX", lifetimeSeconds);
}

/** Who was there in the last seconds, by host and process. */
export async function presentWorkers(redis: Redis): Promise<WorkerPresence[]> {
  const keys = (await scannedKeys(redis, workerKey("*"))).flat();
  const texts = keys.length > 0 ? await redis.mget(...keys) : [];
  const found = texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as WorkerPresence]));
  return found.toSorted((a, b) => a.host.localeCompare(b.host) || a.pid - b.pid || a.id.localeCompare(b.id));
}

/**
 * The workers at a Redis, what they do, and how fast.
 *
 * @throws DistributedError `no-redis`, `bad-option`
 *
 * @example
 * for (const { host, pid, tokensPerSecond } of await listWorkers("redis://127.0.0.1:6379")) console.log(host, pid, tokensPerSecond);
 */
export async function listWorkers(url: string): Promise<WorkerPresence[]> {
  const redis = await connect(url);
  try {
    return await presentWorkers(redis);
  } finally {
    redis.disconnect();
  }
}
