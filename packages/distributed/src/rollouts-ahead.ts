import type { ForeseenPrompts, Generation, SamplingOptions, TokenBatch } from "@cai/contracts";
import { untilAborted } from "@cai/endpoint";
import type { Redis } from "ioredis";
import { type DrawnSlice, jobPayload, type RolloutJob } from "./job-payload.ts";
import { newestKey, sha256 } from "./names.ts";
import type { SliceQueue } from "./slice-queue.ts";
import { joinGenerations, sliceRows } from "./slice-rows.ts";
import { stalenessMetrics } from "./staleness.ts";

/** The slices of a step that are out. */
interface Outstanding {
  /** Of all that was asked: another question is not answered by it. */
  readonly key: string;
  readonly jobs: readonly RolloutJob[];
  readonly answers: Promise<readonly Buffer[]>;
}

/**
 * Steps whose responses are drawn while the learner is still at those before: each slice with the weights that are the newest when a worker takes it.
 * None is drawn with weights of more than `staleness` steps before, for its jobs go out no sooner; an answer that is older all the same (Redis has
 * lost its last words) is asked for again.
 */
export class RolloutsAhead {
  readonly #redis: Redis;
  readonly #queue: SliceQueue;
  readonly #run: string;
  readonly #rowsPerJob: number;
  readonly #staleness: number;
  readonly #outstanding = new Map<number, Outstanding>();
  /** The step after which the weights of a version stood. */
  readonly #versions = new Map<string, number>();
  #abandon = new AbortController();
  #step: number | undefined;
  #drawnAfter: readonly number[] | undefined;

  constructor({
    redis,
    queue,
    run,
    rowsPerJob,
    staleness,
  }: {
    readonly redis: Redis;
    readonly queue: SliceQueue;
    readonly run: string;
    readonly rowsPerJob: number;
    readonly staleness: number;
  }) {
    this.#redis = redis;
    this.#queue = queue;
    this.#run = run;
    this.#rowsPerJob = rowsPerJob;
    this.#staleness = staleness;
  }

  /** Of the last step's slices: the step after which the weights stood that drew each. */
  get drawnAfter(): readonly number[] | undefined {
    return this.#drawnAfter;
  }

  /** How old the weights of the last step's slices were. */
  metrics(): Readonly<Record<string, number>> {
    return this.#drawnAfter === undefined ? {} : stalenessMetrics(this.#step!, this.#drawnAfter);
  }

  /**
   * The responses of a step, most of which may be there already; those of the steps after it are asked for.
   *
   * @param weights the version that stands before the step.
   * @throws as `SliceQueue.ask` does; DistributedError `bad-payload`
   */
  async generate(
    prompts: TokenBatch,
    sampling: Omit<SamplingOptions, "signal" | "onToken">,
    {
      weights,
      upcoming,
      signal,
    }: { readonly weights: string; readonly upcoming: readonly ForeseenPrompts[]; readonly signal?: AbortSignal },
  ): Promise<Generation> {
    const { step } = sampling.draws;
    await this.#goTo(step, weights);
    const own = this.#ask(prompts, sampling);
    for (const next of upcoming) {
      const { signal: _, onToken: __, ...how } = next.sampling;
      this.#ask(next.prompts, how);
    }
    const answers = await untilAborted(own.answers, signal);
    this.#outstanding.delete(step);
    const drawn = await this.#replaceTooOld(answers, own.jobs, { step, weights, signal });
    this.#drawnAfter = drawn.map((slice) => this.#versions.get(slice.weights)!);
    return joinGenerations(drawn.map(({ generation }) => generation));
  }

  /** Takes back what nobody has begun. */
  async dispose(): Promise<void> {
    await this.#abandonAll();
  }

  /** Makes a version the newest. What was asked for before is of use only to the step after the last one. */
  async #goTo(step: number, weights: string): Promise<void> {
    if (step - 1 !== this.#step) {
      await this.#abandonAll();
      this.#versions.clear();
    }
    this.#step = step;
    this.#versions.set(weights, step - 1);
    for (const [version, after] of this.#versions) if (after < step - 1 - this.#staleness) this.#versions.delete(version);
    await this.#redis.set(newestKey(this.#run), weights);
  }

  /** Sends the jobs of a step, unless they are out. */
  #ask(prompts: TokenBatch, sampling: RolloutJob["sampling"]): Outstanding {
    const jobs: RolloutJob[] = sliceRows(prompts, sampling, this.#rowsPerJob).map((slice) => ({ ...slice, weights: null }));
    const payloads = jobs.map(jobPayload.writeRolloutJob);
    const key = sha256(Buffer.concat(payloads));
    const { step } = sampling.draws;
    const before = this.#outstanding.get(step);
    if (before?.key === key) return before;
    const label = `${sampling.draws.stream}-${step}`;
    const answers = this.#queue.ask(payloads, { label, signal: this.#abandon.signal });
    answers.catch(() => {}); // who waits for them is told
    const asked = { key, jobs, answers };
    this.#outstanding.set(step, asked);
    return asked;
  }

  async #replaceTooOld(
    answers: readonly Buffer[],
    jobs: readonly RolloutJob[],
    { step, weights, signal }: { readonly step: number; readonly weights: string; readonly signal: AbortSignal | undefined },
  ): Promise<DrawnSlice[]> {
    const drawn = answers.map((answer, place) => jobPayload.readDrawnSlice(answer, jobs[place]!));
    const old = drawn.flatMap((slice, place) => (this.#versions.has(slice.weights) ? [] : [place]));
    if (old.length === 0) return drawn;
    const again = old.map((place): RolloutJob => ({ ...jobs[place]!, weights }));
    const answered = await this.#queue.ask(again.map(jobPayload.writeRolloutJob), { label: `again-${step}`, signal });
    for (const [index, place] of old.entries()) drawn[place] = jobPayload.readDrawnSlice(answered[index]!, again[index]!);
    return drawn;
  }

  async #abandonAll(): Promise<void> {
    this.#abandon.abort(new Error("nobody waits for these responses any more"));
    this.#abandon = new AbortController();
    await Promise.allSettled([...this.#outstanding.values()].map(({ answers }) => answers));
    this.#outstanding.clear();
  }
}
