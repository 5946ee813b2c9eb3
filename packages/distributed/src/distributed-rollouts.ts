import type { ForeseenPrompts, Generation, Generator, SamplingOptions, TokenBatch } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import { differences, engineIdentity, rolloutQueue } from "./engine-identity.ts";
import { DistributedError } from "./error.ts";
import { explainRefusals } from "./explain-refusals.ts";
import { jobPayload, type RolloutJob } from "./job-payload.ts";
import { type WeightsOptions, weightStoreOf } from "./open-weight-store.ts";
import { RolloutsAhead } from "./rollouts-ahead.ts";
import { RunLease } from "./run-lease.ts";
import { SliceQueue, type SliceQueueOptions } from "./slice-queue.ts";
import { checkRowsPerJob, joinGenerations, sliceRows } from "./slice-rows.ts";
import { checkStaleness } from "./staleness.ts";
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
  /**
   * Workers draw up to so many steps ahead of the learner, with weights that are at most so many steps old. Default 0: each step is drawn with the
   * weights that stand before it, and the run has the bytes of one machine. See `recordedRollouts` for how a run with more is made again.
   */
  readonly staleness?: number | undefined;
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
 * With `staleness` workers draw while the learner learns. What they drew then weighs what `importanceWeights` of `@cai/ppo-loss` gives it: the
 * policy before the update is the proximal one, and whatever drew the behaviour (decoupled PPO, https://arxiv.org/abs/2110.00641).
 *
 * @example
 * const generator = await DistributedRollouts.create({ redis: "redis://127.0.0.1:6379", policy, owner: "runs/first" });
 * const trainer = await PPOTrainer.create({ policy, rewardModel, generator });
 * await trainer.train(prompts, { out: "runs/first" });
 * await generator.dispose();
 */
export class DistributedRollouts implements Generator {
  readonly drawsAsPolicy: boolean;
  readonly #lease: RunLease;
  readonly #queue: SliceQueue;
  readonly #store: WeightStore;
  readonly #publisher: WeightPublisher;
  readonly #rowsPerJob: number;
  readonly #ahead: RolloutsAhead | undefined;
  readonly lookahead: number;
  #upcoming: readonly ForeseenPrompts[] | undefined;
  #published: { readonly step: number; readonly bytes: number; readonly seconds: number } | undefined;
  #disposed = false;

  private constructor(lease: RunLease, store: WeightStore, options: DistributedRolloutsOptions) {
    const { policy, engine = "policy", rowsPerJob, staleness, coding } = options;
    const identity = engineIdentity(policy, engine);
    this.lookahead = checkStaleness(staleness);
    this.drawsAsPolicy = this.lookahead === 0 && (engine === "policy" || engine.startsWith("policy "));
    this.#lease = lease;
    this.#rowsPerJob = checkRowsPerJob(rowsPerJob);
    this.#store = store;
    this.#publisher = new WeightPublisher({ policy, store, run: lease.run, coding });
    const explain = explainRefusals({
      role: "rollout",
      differencesOf: ({ engine }) => engine && differences(identity, engine),
      start: "start one with cai worker",
      mend: "start workers with the learner's --policy and --rollout, on processors of one kind",
    });
    this.#queue = new SliceQueue({ redis: lease.redis, name: rolloutQueue(identity), run: lease.run, options, explain });
    const parts = { redis: lease.redis, queue: this.#queue, run: lease.run, rowsPerJob: this.#rowsPerJob, staleness: this.lookahead };
    if (this.lookahead > 0) this.#ahead = new RolloutsAhead(parts);
  }

  /** @throws DistributedError `no-redis`, `bad-option`; EndpointError `bad-option` for a `weightsAddress` that is none. */
  static async create(options: DistributedRolloutsOptions): Promise<DistributedRollouts> {
    checkRowsPerJob(options.rowsPerJob); // before there is a connection
    checkStaleness(options.staleness);
    const storeOf = weightStoreOf(options);
    return RunLease.hold(options, async (lease) => {
      const store = storeOf(lease.redis);
      if (lease.before !== undefined) await store.removeRun(lease.before);
      return new DistributedRollouts(lease, store, options);
    });
  }

  foresee(upcoming: readonly ForeseenPrompts[]): void {
    this.#upcoming = upcoming;
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
    const upcoming = this.#upcoming;
    this.#upcoming = undefined;
    const { version: weights, bytes, seconds } = await this.#publisher.publish();
    const { step } = sampling.draws;
    const before = this.#published?.step === step ? this.#published : { bytes: 0, seconds: 0 };
    this.#published = { step, bytes: before.bytes + bytes, seconds: before.seconds + seconds };
    if (this.#ahead && upcoming) return this.#ahead.generate(prompts, sampling, { weights, upcoming, ...(signal && { signal }) });
    const jobs: RolloutJob[] = sliceRows(prompts, sampling, this.#rowsPerJob).map((slice) => ({ ...slice, weights }));
    const label = `${sampling.draws.stream}-${sampling.draws.step}`;
    const answers = await this.#queue.ask(jobs.map(jobPayload.writeRolloutJob), { label, signal });
    return joinGenerations(answers.map((answer, place) => jobPayload.readDrawnSlice(answer, jobs[place]!).generation));
  }

  /** What the last step published, and how old the weights were that drew it. */
  metrics(): Readonly<Record<string, number>> {
    if (this.#published === undefined) return {};
    return { "workers/published_bytes": this.#published.bytes, "time/publish": this.#published.seconds, ...this.#ahead?.metrics() };
  }

  drawnAfter(): readonly number[] | undefined {
    return this.#ahead?.drawnAfter;
  }

  /** Removes what the run has in Redis and in the store of weights, and ends the connection. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#ahead?.dispose();
    await this.#queue.close();
    try {
      await this.#store.removeRun(this.#lease.run);
    } finally {
      await this.#lease.end();
    }
  }
}
