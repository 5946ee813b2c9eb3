import type { FeedbackModel } from "@cai/feedback";
import { DistributedError } from "./error.ts";
import { explainRefusals } from "./explain-refusals.ts";
import { feedbackByJobs } from "./feedback-by-jobs.ts";
import { labelPayload, type Method } from "./label-payload.ts";
import { type LabellerParts, type LabellerTraits, labellerDifferences, labellerIdentity, labelQueue } from "./labeller-identity.ts";
import { RunLease } from "./run-lease.ts";
import { SliceQueue, type SliceQueueOptions } from "./slice-queue.ts";
import { checkRowsPerJob } from "./slice-rows.ts";

export interface DistributedFeedbackOptions extends SliceQueueOptions, LabellerParts {
  /** As `redis://127.0.0.1:6379`; `rediss://` over TLS. */
  readonly redis: string;
  /** Who is to answer: the model that one machine would ask, or as much of it. It is not asked, and may be disposed of once this is made. */
  readonly feedback: LabellerTraits;
  /** What only one asker at a time can be: the file that is made, say. What an earlier one left in Redis is removed. */
  readonly owner: string;
  /** Questions that a worker answers at once, and rows that its model reads a pass. Default 8. */
  readonly rowsPerJob?: number;
}

/**
 * A model that workers ask: `startLabelWorker`, or `cai worker --roles label`. It answers as `slicedFeedback` does on one machine, with as many rows a
 * job, to the last bit, whichever workers there are and whatever happens to them; it has the methods of the model that it stands for. Workers with
 * another model, format, tokenizer or engine never get a job.
 *
 * @example
 * const policy = await loadPolicy("./smollm2");
 * const feedback = await DistributedFeedback.create({
 *   redis: "redis://127.0.0.1:6379",
 *   feedback: localFeedback({ policy }),
 *   policy,
 *   owner: "preferences.jsonl",
 * });
 * policy.dispose(); // workers have it
 * const labeller = choiceLabeller({ feedback });
 * const [label] = await labeller.label([pair], { draws: { seed: 7, stream: "label", step: 0 } });
 * await feedback.dispose();
 */
export class DistributedFeedback implements FeedbackModel {
  readonly identity: string;
  readonly complete: FeedbackModel["complete"];
  /** Absent where the model tells no log-probabilities of a choice. */
  readonly choose?: NonNullable<FeedbackModel["choose"]>;
  /** Absent where the model tells no log-probabilities of answers. */
  readonly logprobs?: NonNullable<FeedbackModel["logprobs"]>;
  readonly #lease: RunLease;
  /** One for each method: how long a text takes to write says nothing of how long a choice takes. */
  readonly #queues = new Map<Method, SliceQueue>();
  #calls = 0;
  #disposed = false;

  private constructor(lease: RunLease, options: DistributedFeedbackOptions) {
    const { feedback, rowsPerJob, ...rest } = options;
    const identity = labellerIdentity(feedback, rest);
    this.#lease = lease;
    const explain = explainRefusals({
      role: "label",
      differencesOf: ({ labeller }) => labeller && labellerDifferences(identity, labeller),
      start: "start one with cai worker --roles label",
      mend: "start workers with the asker's --policy, --feedback and --format, on processors of one kind",
    });
    const queue = { redis: lease.redis, name: labelQueue(identity), run: lease.run, options: rest, explain };
    const asked = feedbackByJobs(feedback, {
      rowsPerJob: checkRowsPerJob(rowsPerJob),
      answer: async (slices, signal) => {
        if (this.#disposed) throw new DistributedError("disposed", "this model of workers has been disposed of: make another");
        this.#calls += 1;
        const { method } = slices[0]!;
        const label = `${method}-${this.#calls}`;
        const own = this.#queues.get(method) ?? new SliceQueue(queue);
        this.#queues.set(method, own);
        const answers = await own.ask(slices.map(labelPayload.writeLabelJob), { label, signal });
        return answers.map((answer, place) => labelPayload.readAnswers(answer, slices[place]!));
      },
    });
    this.identity = asked.identity;
    this.complete = asked.complete;
    if (asked.choose) this.choose = asked.choose;
    if (asked.logprobs) this.logprobs = asked.logprobs;
  }

  /**
   * Its methods reject with DistributedError `no-worker`, `poisoned` (what the model threw at every try stands in the message), `bad-payload`,
   * `too-large` and `disposed`, and with the signal's reason when aborted.
   *
   * @throws DistributedError `no-redis`, `bad-option`
   */
  static async create(options: DistributedFeedbackOptions): Promise<DistributedFeedback> {
    checkRowsPerJob(options.rowsPerJob); // before there is a connection
    return RunLease.hold(options, (lease) => new DistributedFeedback(lease, options));
  }

  /** Removes what it has in Redis, and ends the connection. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const queue of this.#queues.values()) await queue.close();
    await this.#lease.end();
  }
}
