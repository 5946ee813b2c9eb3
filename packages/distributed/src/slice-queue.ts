import { Job, Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import { DistributedError } from "./error.ts";
import { maxFrameBytes } from "./frame.ts";
import { type JobData, prefix, resultKey } from "./names.ts";
import { presentWorkers, type WorkerPresence } from "./presence.ts";

export interface SliceQueueOptions {
  /** Jobs that wait or run at a time; the others are sent as answers come. Default 64. */
  readonly maxOpenJobs?: number;
  /** Tries of a job, until it is set aside. Default 3. */
  readonly tries?: number;
  /** A job that takes so many times the median of the others is given to a second worker. Default 4. */
  readonly hedgeAfter?: number;
  /** How long nobody may be there to take a job, in seconds. Default 120. */
  readonly patienceSeconds?: number;
}

interface Slice {
  readonly place: number;
  /** Ids of the jobs that it was sent as. */
  readonly jobs: string[];
  sentAt: number;
  answer: Buffer | undefined;
}

const lookMs = 250; // where an event got lost
const checkMs = 1_000;
const leastHedgeMs = 1_000;
/** Before it is known how long a slice takes: a worker that was killed then is not waited for until its lock ends. */
const firstHedgeMs = 15_000;

/**
 * A learner's end of a queue: slices of a step go out as jobs, and come back in their order, whoever answered first. A slice whose job was lost or
 * is slow is sent again; of two answers the first counts, and they are the same.
 */
export class SliceQueue {
  readonly #redis: Redis;
  readonly #run: string;
  readonly #queue: Queue<JobData>;
  readonly #events: QueueEvents;
  readonly #options: Required<SliceQueueOptions>;
  readonly #explain: (workers: readonly WorkerPresence[]) => string;
  readonly #durations: number[] = [];
  readonly #wakes = new Set<() => void>();
  #calls = 0;
  #sent: Promise<unknown> = Promise.resolve();

  /** @param explain says, for an error, why none of these workers takes the jobs. */
  constructor({
    redis,
    name,
    run,
    options,
    explain,
  }: {
    readonly redis: Redis;
    readonly name: string;
    readonly run: string;
    readonly options: SliceQueueOptions;
    readonly explain: (workers: readonly WorkerPresence[]) => string;
  }) {
    this.#redis = redis;
    this.#run = run;
    this.#explain = explain;
    const { maxOpenJobs = 64, tries = 3, hedgeAfter = 4, patienceSeconds = 120 } = options;
    this.#options = { maxOpenJobs, tries, hedgeAfter, patienceSeconds };
    const connection = { connection: redis, prefix };
    this.#queue = new Queue(name, { ...connection, streams: { events: { maxLen: 200 } } });
    this.#events = new QueueEvents(name, connection);
    this.#queue.on("error", () => {}); // a connection that is lost is made again
    this.#events.on("error", () => {});
    for (const event of ["completed", "failed"] as const) this.#events.on(event, () => this.#wakeAll());
  }

  /**
   * The answers to payloads, in their order. Several calls may wait at a time: jobs go out in the order of the calls.
   *
   * @param label is part of the jobs' ids: the step, say.
   * @throws DistributedError `poisoned`, `no-worker`, `too-large`; the signal's reason when aborted.
   */
  async ask(payloads: readonly Uint8Array[], { label, signal }: { readonly label: string; readonly signal?: AbortSignal | undefined }) {
    this.#calls += 1;
    const call = `${this.#run}-${this.#calls}-${label.replace(/[^\w.-]/g, "_")}`;
    const slices: Slice[] = payloads.map((_, place) => ({ place, jobs: [], sentAt: 0, answer: undefined }));
    const isOpen = ({ answer, jobs }: Slice) => answer === undefined && jobs.length > 0;
    let goOn: () => void = () => {};
    const wake = () => goOn();
    this.#wakes.add(wake);
    signal?.addEventListener("abort", wake);
    let checked = performance.now();
    let waitingSince = checked;
    try {
      while (slices.some(({ answer }) => answer === undefined)) {
        signal?.throwIfAborted();
        const room = this.#options.maxOpenJobs - slices.filter(isOpen).length;
        const unsent = slices.filter(({ answer, jobs }) => answer === undefined && jobs.length === 0);
        await this.#inTurn(async () => {
          for (const slice of unsent.slice(0, room)) await this.#send(slice, call, payloads[slice.place]!);
        });
        const woken = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        if ((await this.#collect(slices.filter(isOpen))) > 0) {
          waitingSince = performance.now();
          continue;
        }
        if (performance.now() - checked > checkMs) {
          const isTaken = await this.#check(slices.filter(isOpen), call, payloads);
          checked = performance.now();
          if (isTaken) waitingSince = checked;
          else if (checked - waitingSince > this.#options.patienceSeconds * 1000) await this.#refuseNobody();
        }
        await Promise.race([woken, new Promise((resolve) => setTimeout(resolve, lookMs))]);
      }
    } finally {
      signal?.removeEventListener("abort", wake);
      this.#wakes.delete(wake);
      await this.#forget(slices);
    }
    return slices.map(({ answer }) => answer!);
  }

  async close(): Promise<void> {
    await this.#events.close();
    await this.#queue.close();
  }

  #wakeAll(): void {
    for (const wake of this.#wakes) wake();
  }

  /** Does something once all that was to be sent before has been. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#sent.then(work);
    this.#sent = done.catch(() => {});
    return done;
  }

  async #send(slice: Slice, call: string, payload: Uint8Array): Promise<void> {
    const jobId = `${call}-${slice.place}-${slice.jobs.length}`;
    const data: JobData = { run: this.#run, payload: Buffer.from(payload).toString("base64") };
    await this.#queue.add("slice", data, {
      jobId,
      attempts: this.#options.tries,
      backoff: { type: "fixed", delay: 200 },
      removeOnComplete: true,
      removeOnFail: { age: 7 * 24 * 3600, count: 100 }, // with their input, for whoever looks what is wrong with it
    });
    slice.jobs.push(jobId);
    slice.sentAt = performance.now();
  }

  /** Takes the answers that are there. Gives their number. */
  async #collect(open: readonly Slice[]): Promise<number> {
    let found = 0;
    for (const slice of open) {
      for (const job of slice.jobs) {
        const key = resultKey(this.#run, job);
        const bytes = await this.#redis.strlen(key);
        if (bytes === 0) continue;
        if (bytes > maxFrameBytes)
          throw new DistributedError(
            "too-large",
            `the answer to ${job} has ${bytes} bytes; at most ${maxFrameBytes} are taken: give fewer rows a job`,
          );
        const answer = await this.#redis.getBuffer(key);
        if (answer === null) continue;
        slice.answer = answer;
        this.#durations.push(performance.now() - slice.sentAt);
        if (this.#durations.length > 64) this.#durations.shift();
        found += 1;
        break;
      }
      if (slice.answer !== undefined) await this.#redis.unlink(...slice.jobs.map((job) => resultKey(this.#run, job)));
    }
    return found;
  }

  /** Looks after jobs that are not answered. Tells whether any of them is at a worker. */
  async #check(open: readonly Slice[], call: string, payloads: readonly Uint8Array[]): Promise<boolean> {
    let isTaken = false;
    for (const slice of open) {
      const jobs = await Promise.all(slice.jobs.map((job) => Job.fromId<JobData>(this.#queue, job)));
      const failed = jobs.find((job) => job?.finishedOn !== undefined && job.failedReason);
      if (failed) this.#refusePoisoned(failed);
      const running = jobs.filter((job) => job?.processedOn !== undefined);
      isTaken ||= running.length > 0;
      const known = jobs.filter((job) => job !== undefined);
      // A job that is nowhere may have been answered since the answers were looked for: `#collect` comes before the next check.
      const isLost = known.length === 0 && performance.now() - slice.sentAt > 2 * checkMs;
      const isSlow = jobs.length === 1 && running.length > 0 && Date.now() - running[0]!.processedOn! > this.#hedgeMs();
      if ((isLost && (await this.#collect([slice])) === 0) || isSlow) await this.#send(slice, call, payloads[slice.place]!);
    }
    return isTaken;
  }

  #hedgeMs(): number {
    if (this.#durations.length < 3) return firstHedgeMs;
    const median = this.#durations.toSorted((a, b) => a - b)[Math.floor(this.#durations.length / 2)]!;
    return Math.max(leastHedgeMs, this.#options.hedgeAfter * median);
  }

  #refusePoisoned({ id, failedReason, attemptsMade, queueName }: Job<JobData>): never {
    throw new DistributedError(
      "poisoned",
      `job ${id} failed at each of its ${Math.max(attemptsMade, 1)} tries: ${failedReason}; it is kept with its input as a failed job of ${queueName}`,
    );
  }

  async #refuseNobody(): Promise<void> {
    const workers = await presentWorkers(this.#redis);
    const name = this.#queue.name;
    if (workers.some(({ roles }) => Object.values(roles).includes(name))) return; // busy elsewhere
    throw new DistributedError("no-worker", `nobody took a job for ${this.#options.patienceSeconds} s: ${this.#explain(workers)}`);
  }

  /** Takes back what nobody has begun, and lets answers go that nobody waits for. */
  async #forget(slices: readonly Slice[]): Promise<void> {
    for (const { jobs, answer } of slices) {
      if (answer !== undefined && jobs.length === 1) continue;
      for (const id of jobs) {
        const job = await Job.fromId<JobData>(this.#queue, id);
        if (job !== undefined && !(await job.isFailed())) await job.remove().catch(() => {}); // a worker has it: its answer goes by itself
      }
    }
  }
}
