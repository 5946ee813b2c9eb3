import {
  type EvaluateLogprobsOptions,
  type ModelIdentity,
  type ReferencePolicy,
  type SequenceBatch,
  selectSequences,
} from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import type * as tf from "@tensorflow/tfjs-core";
import { differences, engineIdentity, referenceQueue } from "./engine-identity.ts";
import { DistributedError } from "./error.ts";
import { explainRefusals } from "./explain-refusals.ts";
import { type ReferenceJob, referencePayload } from "./reference-payload.ts";
import { RunLease } from "./run-lease.ts";
import { SliceQueue, type SliceQueueOptions } from "./slice-queue.ts";
import { startsOf } from "./slice-rows.ts";

export interface DistributedReferenceOptions extends SliceQueueOptions {
  /** As `redis://127.0.0.1:6379`; `rediss://` over TLS. */
  readonly redis: string;
  /** What is trained: the reference is what it was when it was loaded; with an adapter, its base. It is read here only, and nothing of it is kept. */
  readonly policy: CausalPolicy;
  /** As for the rollouts, but another text than theirs. */
  readonly owner: string;
  /** What rounds the sums of a pass, the level of its kernels, say: the workers' must be of the same name. Default `policy`. */
  readonly engine?: string;
}

/**
 * A reference on workers: `startReferenceWorker`, or `cai worker --roles reference`. It costs the learner no memory. A job is the rows that share a
 * pass in training (`microbatchSize`, `minibatchSize`, or all), so that the bits are those of `policy.createReference()`, whichever workers there are.
 *
 * It tells log-probabilities of the drawn tokens alone: `klEstimator: "full"`, which compares whole distributions, needs a reference of this process.
 *
 * @example
 * const policy = await loadPolicy("./smollm2");
 * const reference = await DistributedReference.create({ redis: "redis://127.0.0.1:6379", policy, owner: "runs/first reference" });
 * const trainer = await PPOTrainer.create({ policy, rewardModel, reference, microbatchSize: 4 });
 */
export class DistributedReference implements ReferencePolicy<tf.Tensor> {
  readonly identity: ModelIdentity;
  readonly #lease: RunLease;
  readonly #queue: SliceQueue;
  #calls = 0;
  #disposed = false;

  private constructor(lease: RunLease, { policy, engine = "policy", ...options }: DistributedReferenceOptions) {
    const own = engineIdentity(policy, engine);
    this.identity = policy.parts.identity;
    this.#lease = lease;
    const explain = explainRefusals({
      role: "reference",
      differencesOf: (worker) => worker.engine && differences(own, worker.engine),
      start: "start one with cai worker --roles reference",
      mend: "start workers with the learner's --policy, on processors of one kind",
    });
    this.#queue = new SliceQueue({ redis: lease.redis, name: referenceQueue(own), run: lease.run, options, explain });
  }

  /** @throws DistributedError `no-redis`, `bad-option` */
  static async create(options: DistributedReferenceOptions): Promise<DistributedReference> {
    return RunLease.hold(options, (lease) => new DistributedReference(lease, options));
  }

  /** @throws DistributedError `bad-option`: there are no tensors to be had at once. Trainers and `referenceLogprobs` ask `evaluateLogprobs`. */
  logprobs(): never {
    throw new DistributedError("bad-option", "a reference on workers gives no tensors: ask its evaluateLogprobs, as trainers do");
  }

  /**
   * `[B, T]` log-probabilities of the response tokens over the full vocabulary, in nats, 0 at padding.
   *
   * @throws DistributedError `bad-option`, `no-worker`, `poisoned`, `bad-payload`, `too-large`, `disposed`; the signal's reason when aborted.
   */
  async evaluateLogprobs(
    { prompts, responses }: SequenceBatch,
    { temperature, rowsAtOnce, signal }: EvaluateLogprobsOptions,
  ): Promise<Float32Array> {
    if (this.#disposed) throw new DistributedError("disposed", "this reference on workers has been disposed of: make another");
    signal?.throwIfAborted();
    const [rows, columns] = responses.shape;
    const starts = startsOf(rows, rowsAtOnce);
    const jobs = starts.map((start): ReferenceJob => {
      const own = Array.from({ length: Math.min(rowsAtOnce, rows - start) }, (_, row) => start + row);
      return { batch: selectSequences({ prompts, responses }, own), temperature };
    });
    this.#calls += 1;
    const label = `reference-${this.#calls}`;
    const answers = await this.#queue.ask(jobs.map(referencePayload.writeReferenceJob), { label, signal });
    const logprobs = new Float32Array(rows * columns);
    for (const [place, answer] of answers.entries())
      logprobs.set(referencePayload.readLogprobs(answer, jobs[place]!), starts[place]! * columns);
    return logprobs;
  }

  /** Removes what it has in Redis, and ends the connection. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#queue.close();
    await this.#lease.end();
  }
}
