import type { Generation, Generator, SamplingOptions, TokenBatch } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import type { Redis } from "ioredis";
import { connect } from "./connect.ts";
import { differences, type EngineIdentity, engineIdentity, rolloutQueue } from "./engine-identity.ts";
import { DistributedError } from "./error.ts";
import { jobPayload, type RolloutJob } from "./job-payload.ts";
import { type WeightsOptions, weightStoreOf } from "./open-weight-store.ts";
import type { WorkerPresence } from "./presence.ts";
import { RunLease } from "./run-lease.ts";
import { SliceQueue, type SliceQueueOptions } from "./slice-queue.ts";
import { checkRowsPerJob, joinGenerations, sliceRows } from "./slice-rows.ts";
import { WeightPublisher } from "./weight-publisher.ts";
import type { WeightStore } from "./weight-store.ts";

export interface DistributedRolloutsOptions extends SliceQueueOptions, WeightsOptions {
  /** As `redis://127.0.0.1:6379`; `rediss://` over TLS. */
  readonly redis: string;
  /** What is trained. It must outlive this, and is not disposed of by it. */
  readonly policy: CausalPolicy;
  /** What only one learner at a time can be: the run's folder. What an earlier one left in Redis is removed. */
  readonly owner: string;
  /** Rows that a worker draws at once. Default 8. */
  readonly rowsPerJob?: number;
  /** What draws there, and whatever else rounds its sums: the workers' must be of the same name. Default `policy`. */
  readonly engine?: string;
}

/**
 * Responses drawn by workers: `startRolloutWorker`, or `cai worker`. The bytes are those of `slicedGenerator` on the learner's own machine, with as
 * many rows a job, whichever workers there are and whatever happens to them.
 *
 * The weights of the moment are published first, those that changed since the call before. Workers with other weights, another tokenizer or another
 * engine never get a job.
 *
 * @example
 * const generator = await DistributedRollouts.create({ redis: "redis://127.0.0.1:6379", policy, owner: "runs/first" });
 * const trainer = await PPOTrainer.create({ policy, rewardModel, generator });
 * await trainer.train(prompts, { out: "runs/first" });
 * await generator.dispose();
 */
export class DistributedRollouts implements Generator {
  readonly drawsAsPolicy: boolean;
  readonly #redis: Redis;
  readonly #lease: RunLease;
  readonly #queue: SliceQueue;
  readonly #store: WeightStore;
  readonly #publisher: WeightPublisher;
  readonly #rowsPerJob: number;
  #published: { readonly step: number; readonly bytes: number; readonly seconds: number } | undefined;
  #disposed = false;

  private constructor(redis: Redis, lease: RunLease, store: WeightStore, options: DistributedRolloutsOptions) {
    const { policy, engine = "policy", rowsPerJob, coding } = options;
    const identity = engineIdentity(policy, engine);
    this.drawsAsPolicy = engine === "policy" || engine.startsWith("policy ");
    this.#redis = redis;
    this.#lease = lease;
    this.#rowsPerJob = checkRowsPerJob(rowsPerJob);
    this.#store = store;
    this.#publisher = new WeightPublisher({ policy, store, run: lease.run, coding });
    const explain = (workers: readonly WorkerPresence[]) => explainRefusals(identity, workers);
    this.#queue = new SliceQueue({ redis, name: rolloutQueue(identity), run: lease.run, options, explain });
  }

  /** @throws DistributedError `no-redis`, `bad-option`; EndpointError `bad-option` for a `weightsAddress` that is none. */
  static async create(options: DistributedRolloutsOptions): Promise<DistributedRollouts> {
    checkRowsPerJob(options.rowsPerJob); // before there is a connection
    const storeOf = weightStoreOf(options);
    const redis = await connect(options.redis);
    try {
      const [lease, store] = [await RunLease.take(redis, options.owner), storeOf(redis)];
      if (lease.before !== undefined) await store.removeRun(lease.before);
      return new DistributedRollouts(redis, lease, store, options);
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  }

  /**
   * @throws DistributedError `bad-option` for `onToken`, `no-worker`, `poisoned`, `bad-payload`, `too-large`, `disposed`; EndpointError
   *   `endpoint-failed` where the address of weights does not take them; the signal's reason when aborted.
   */
  async generate(prompts: TokenBatch, { signal, onToken, ...sampling }: SamplingOptions): Promise<Generation> {
    if (this.#disposed) throw new DistributedError("disposed", "these rollouts have been disposed of: make others");
    if (onToken !== undefined)
      throw new DistributedError(
        "bad-option",
        "onToken is given, and workers tell of no token before all are drawn: use the policy itself",
      );
    signal?.throwIfAborted();
    const { version: weights, bytes, seconds } = await this.#publisher.publish();
    const { step } = sampling.draws;
    const before = this.#published?.step === step ? this.#published : { bytes: 0, seconds: 0 };
    this.#published = { step, bytes: before.bytes + bytes, seconds: before.seconds + seconds };
    const jobs: RolloutJob[] = sliceRows(prompts, sampling, this.#rowsPerJob).map((slice) => ({ ...slice, weights }));
    const label = `${sampling.draws.stream}-${sampling.draws.step}`;
    const answers = await this.#queue.ask(jobs.map(jobPayload.writeRolloutJob), { label, signal });
    return joinGenerations(answers.map((answer, place) => jobPayload.readGeneration(answer, jobs[place]!)));
  }

  /** What the last step published. */
  metrics(): Readonly<Record<string, number>> {
    if (this.#published === undefined) return {};
    return { "workers/published_bytes": this.#published.bytes, "time/publish": this.#published.seconds };
  }

  /** Removes what the run has in Redis and in the store of weights, and ends the connection. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#queue.close();
    try {
      await this.#store.removeRun(this.#lease.run);
    } finally {
      await this.#lease.end();
      this.#redis.disconnect();
    }
  }
}

function explainRefusals(wanted: EngineIdentity, workers: readonly WorkerPresence[]): string {
  const drawing = workers.flatMap(({ host, pid, engine }) =>
    engine ? [`${host} (process ${pid}) has ${differences(wanted, engine).join(" and ")}`] : [],
  );
  if (drawing.length === 0) return "no worker with the role rollout is there; start one with cai worker";
  return `${drawing.join("; ")}; start workers with the learner's --policy and --rollout, on processors of one kind`;
}
