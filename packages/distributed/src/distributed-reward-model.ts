import { type RewardModel, type ScoreParts, type ScoreRequest, sliceRequest } from "@cai/contracts";
import { ScoreTable } from "@cai/rollouts";
import { scoreQueue } from "./engine-identity.ts";
import { jobPayload } from "./job-payload.ts";
import { RunLease } from "./run-lease.ts";
import { SliceQueue, type SliceQueueOptions } from "./slice-queue.ts";
import { checkRowsPerJob, startsOf } from "./slice-rows.ts";

export interface DistributedRewardOptions extends SliceQueueOptions {
  /** As `redis://127.0.0.1:6379`; `rediss://` over TLS. */
  readonly redis: string;
  /** The reward's name: workers that were started with a reward of this name score. A hash of its files tells rewards apart best. */
  readonly reward: string;
  /** As for the rollouts, but another text than theirs. */
  readonly owner: string;
  /** Rows that a worker scores at once. Default 8. */
  readonly rowsPerJob?: number;
}

/**
 * Scores by workers with rewards of their own: `startScoreWorker`, or `cai worker --roles score`. A job holds texts and ids, and names no reward.
 *
 * @example
 * const rewardModel = await DistributedRewardModel.create({ redis: "redis://127.0.0.1:6379", reward: "helpful-v2", owner: "runs/first scores" });
 * const trainer = await PPOTrainer.create({ policy, rewardModel });
 */
export class DistributedRewardModel implements RewardModel {
  readonly #lease: RunLease;
  readonly #queue: SliceQueue;
  readonly #rowsPerJob: number;
  #calls = 0;

  private constructor(lease: RunLease, { reward, rowsPerJob, ...options }: DistributedRewardOptions) {
    this.#lease = lease;
    this.#rowsPerJob = checkRowsPerJob(rowsPerJob);
    const explain = () => "no worker with this reward and the role score is there; start one with cai worker --roles score --reward";
    this.#queue = new SliceQueue({ redis: lease.redis, name: scoreQueue(reward), run: lease.run, options, explain });
  }

  /** @throws DistributedError `no-redis`, `bad-option` */
  static async create(options: DistributedRewardOptions): Promise<DistributedRewardModel> {
    checkRowsPerJob(options.rowsPerJob); // before there is a connection
    return RunLease.hold(options, (lease) => new DistributedRewardModel(lease, options));
  }

  async score(request: ScoreRequest, options?: { readonly signal?: AbortSignal }): Promise<Float32Array> {
    return (await this.scoreParts(request, options)).scores;
  }

  /**
   * @throws DistributedError `no-worker`, `poisoned`, `bad-payload`, `too-large`; RolloutError `invalid-scores` where the parts of some rows have
   *   other names than those of others; the signal's reason when aborted.
   */
  async scoreParts(request: ScoreRequest, { signal }: { readonly signal?: AbortSignal } = {}): Promise<ScoreParts> {
    const rows = request.responses.length;
    const slices = startsOf(rows, this.#rowsPerJob).map((start) => sliceRequest(request, start, start + this.#rowsPerJob));
    this.#calls += 1;
    const answers = await this.#queue.ask(slices.map(jobPayload.writeScoreJob), { label: `score-${this.#calls}`, signal });
    const scored = answers.map((answer, place) => jobPayload.readScores(answer, slices[place]!.responses.length));
    const table = new ScoreTable(rows);
    for (const [place, part] of scored.entries()) table.set(part, place * this.#rowsPerJob);
    return { scores: table.scores, parts: table.parts };
  }

  /** Removes what it has in Redis, and ends the connection. */
  async dispose(): Promise<void> {
    await this.#queue.close();
    await this.#lease.end();
  }
}
