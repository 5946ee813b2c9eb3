import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { connect } from "./connect.ts";
import type { EngineIdentity } from "./engine-identity.ts";
import { DistributedError } from "./error.ts";
import { maxFrameBytes } from "./frame.ts";
import type { LabellerIdentity } from "./labeller-identity.ts";
import { isRunId, type JobData, prefix, resultKey, workerKey } from "./names.ts";
import { tellPresence, type WorkerPresence, type WorkerRole } from "./presence.ts";
import { isRunAlive } from "./run-lease.ts";

/** What comes of a job. */
export interface JobAnswer {
  readonly payload: Buffer;
  /** Tokens drawn. */
  readonly tokens?: number;
  readonly loadSeconds?: number;
}

/** How any worker is connected and watched. */
export interface WorkerOptions {
  /** As `redis://127.0.0.1:6379`; `rediss://` over TLS. */
  readonly redis: string;
  /** How long a worker may not be heard of until its job is another's, in milliseconds. Default 30 000. */
  readonly lockMs?: number;
  /** Told of jobs that failed. */
  readonly onFault?: (line: string) => void;
  /** Called every few seconds, as long as Redis answers and this thread has time: for whoever watches whether the worker can take jobs. */
  readonly onPresence?: () => void;
}

export interface JobWorkerOptions extends WorkerOptions {
  readonly role: WorkerRole;
  readonly queue: string;
  readonly engine?: EngineIdentity;
  readonly labeller?: LabellerIdentity;
  readonly answer: (payload: Uint8Array, run: string, redis: Redis) => Promise<JobAnswer>;
}

const resultSeconds = 3600;
/** How often it tells of itself, in milliseconds; a worker whose lock is short does so more often. */
const presenceMs = (lockMs: number): number => Math.min(2_000, lockMs / 4);
/** A job that its worker does not outlive is another's so many times. */
const maxStalled = 2;

/** A worker's end of a queue: takes a job, leaves the answer, takes the next; and tells of itself. */
export class JobWorker {
  readonly #redis: Redis;
  readonly #options: JobWorkerOptions;
  readonly #worker: Worker<JobData>;
  readonly #timer: NodeJS.Timeout;
  #presence: WorkerPresence;
  #seconds = 0;
  #stopped: Promise<void> | undefined;

  private constructor(redis: Redis, options: JobWorkerOptions) {
    const { queue, role, engine, labeller, lockMs = 30_000 } = options;
    this.#redis = redis;
    this.#options = options;
    const numbers = { jobsDone: 0, jobsFailed: 0, tokens: 0, tokensPerSecond: 0, loadSeconds: 0 };
    const self = { id: randomUUID(), host: hostname(), pid: process.pid, roles: { [role]: queue } };
    this.#presence = { ...self, ...(engine && { engine }), ...(labeller && { labeller }), job: undefined, ...numbers };
    this.#worker = new Worker<JobData>(queue, (job) => this.#work(job.id!, job.data), {
      connection: redis,
      prefix,
      concurrency: 1,
      lockDuration: lockMs,
      stalledInterval: Math.ceil(lockMs / 2),
      maxStalledCount: maxStalled,
    });
    this.#worker.on("error", () => {}); // a connection that is lost is made again
    this.#worker.on("failed", (job, error) => options.onFault?.(`job ${job?.id ?? "unknown"}: ${error.message}`));
    this.#timer = setInterval(() => void this.#tell().catch(() => {}), presenceMs(lockMs));
  }

  /** @throws DistributedError `no-redis`, `bad-option` */
  static async start(options: JobWorkerOptions): Promise<JobWorker> {
    const worker = new JobWorker(await connect(options.redis), options);
    await worker.#worker.waitUntilReady();
    await worker.#tell();
    return worker;
  }

  /** Ends the job that it is at, takes no other, and tells that it is gone. It may be called again. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#worker.close();
    await this.#redis.del(workerKey(this.#presence.id));
    this.#redis.disconnect();
  }

  async #work(id: string, { run, payload }: JobData): Promise<void> {
    if (!isRunId(run) || typeof payload !== "string") throw new DistributedError("bad-payload", "a job without a run and a payload");
    if (payload.length > (maxFrameBytes / 3) * 4 + 4) throw new DistributedError("too-large", `a job of ${payload.length} characters`);
    if (!(await isRunAlive(this.#redis, run))) return; // nobody waits for an answer
    this.#presence = { ...this.#presence, job: id };
    await this.#tell();
    const started = performance.now();
    try {
      const answer = await this.#options.answer(Buffer.from(payload, "base64"), run, this.#redis);
      if (await isRunAlive(this.#redis, run)) await this.#redis.set(resultKey(run, id), answer.payload, "EX", resultSeconds);
      this.#count(answer, (performance.now() - started) / 1000);
    } catch (error) {
      this.#presence = { ...this.#presence, jobsFailed: this.#presence.jobsFailed + 1 };
      throw error;
    } finally {
      this.#presence = { ...this.#presence, job: undefined };
    }
  }

  #count({ tokens = 0, loadSeconds }: JobAnswer, seconds: number): void {
    const { jobsDone, tokens: before, loadSeconds: loaded } = this.#presence;
    this.#seconds += seconds;
    const sum = before + tokens;
    const counts = { jobsDone: jobsDone + 1, tokens: sum, tokensPerSecond: sum / this.#seconds, loadSeconds: loadSeconds ?? loaded };
    this.#presence = { ...this.#presence, ...counts };
  }

  async #tell(): Promise<void> {
    await tellPresence(this.#redis, this.#presence);
    this.#options.onPresence?.();
  }
}
