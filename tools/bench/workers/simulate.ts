import { uniforms } from "@cai/random";
import { Clock } from "./clock.ts";
import { drawSeconds } from "./fit-draws.ts";
import type { DrawCosts } from "./measured-costs.ts";
import { SharedLink } from "./shared-link.ts";

/** How weights travel; no bytes where a step changes none. */
export interface WeightsOnTheWay {
  readonly bytes: number;
  /** Of the store's server, all readers together. */
  readonly bytesPerSecond: number;
  readonly publishSeconds: number;
  /** Of a worker that is alone. */
  readonly loadSeconds: number;
}

/** What is simulated. In seconds and bytes. */
export interface Scenario {
  readonly workers: number;
  /** Of a step. */
  readonly rows: number;
  readonly rowsPerJob: number;
  /** Jobs that may be out at a time. */
  readonly maxOpenJobs: number;
  /** Steps that workers may draw ahead of the one that is trained on; 0 waits for each update. */
  readonly staleness: number;
  readonly draw: DrawCosts;
  /** Of calls, as a share. */
  readonly spread: number;
  /** What rows' lengths are drawn from. */
  readonly lengths: readonly number[];
  readonly weights: WeightsOnTheWay;
  readonly queue: {
    /** The learner's for a job, one after the other: it is written, sent, and its answer read. */
    readonly learnerSeconds: number;
    /** The worker's around a job. */
    readonly workerSeconds: number;
  };
  /** All that the learner does of a step itself: scores, reference, update. */
  readonly updateSeconds: number;
  /** Steps that are counted. Before and behind them come those that fill the workers' hands. */
  readonly steps: number;
  readonly seed: number;
}

/** What a step took in the mean, and of the workers' time what was spent on what, as shares of all. */
export interface Simulated {
  readonly stepSeconds: number;
  /** From the start to the end of the last step, of those too that aren't counted. */
  readonly allSeconds: number;
  readonly drawing: number;
  readonly loading: number;
}

interface Job {
  readonly step: number;
  readonly seconds: number;
}

/**
 * Runs a learner and its workers event by event: weights are published, a step's slices sent in their order, and each goes to the worker that is
 * free first, which loads the newest weights if it lacks them; with the last answer the learner updates. Equal scenarios give equal numbers.
 *
 * With `staleness` K the slices of step s are sent once step s − 1 − K has been trained on, so that workers draw while the learner updates.
 */
export function simulate(scenario: Scenario): Simulated {
  const { workers, staleness, weights, queue, updateSeconds, maxOpenJobs } = scenario;
  const { first, last, steps } = countedSteps(scenario);
  const clock = new Clock();
  const link = new SharedLink(clock, weights.bytesPerSecond);
  const unsent: Job[] = [];
  const waiting: Job[] = [];
  const idle = Array.from({ length: workers }, () => ({ version: -1 })); // whoever is free longest comes first
  const answersOf = Array<number>(steps).fill(0);
  const jobsOf: number[] = [];
  const trainedAt: number[] = [];
  let [open, version, nextStep, learnerFree, drawing, loading] = [0, -1, 0, 0, 0, 0];
  let isUpdating = false;

  publish();
  clock.run();
  const stepSeconds = (trainedAt[last]! - trainedAt[first - 1]!) / scenario.steps;
  const all = workers * clock.now;
  return { stepSeconds, allSeconds: clock.now, drawing: drawing / all, loading: loading / all };

  /** The weights of the moment; then come the slices of all steps that may be drawn with them. */
  function publish(): void {
    isUpdating = true;
    clock.after(weights.publishSeconds, () => {
      version += 1;
      isUpdating = false;
      for (; nextStep < steps && nextStep <= version + staleness; nextStep++) {
        const jobs = jobsOfStep(scenario, nextStep);
        jobsOf.push(jobs.length);
        unsent.push(...jobs);
      }
      send();
      train();
    });
  }

  function send(): void {
    for (; open < maxOpenJobs && unsent.length > 0; open++) {
      const job = unsent.shift()!;
      atLearner(() => {
        waiting.push(job);
        assign();
      });
    }
  }

  /** One after the other, as it has one thread. */
  function atLearner(act: () => void): void {
    learnerFree = Math.max(learnerFree, clock.now) + queue.learnerSeconds / 2;
    clock.after(learnerFree - clock.now, act);
  }

  function assign(): void {
    while (waiting.length > 0 && idle.length > 0) work(idle.shift()!, waiting.shift()!);
  }

  function work(worker: { version: number }, job: Job): void {
    const began = clock.now;
    const draw = () => {
      loading += clock.now - began;
      drawing += job.seconds;
      clock.after(job.seconds + queue.workerSeconds, () => {
        idle.push(worker);
        assign();
        atLearner(() => collect(job));
      });
    };
    if (worker.version === version) {
      draw();
      return;
    }
    worker.version = version;
    link.transfer({ bytes: weights.bytes, most: weights.bytes / weights.loadSeconds, done: draw });
  }

  function collect({ step }: Job): void {
    answersOf[step]! += 1;
    open -= 1;
    send();
    train();
  }

  function train(): void {
    const step = trainedAt.length;
    if (isUpdating || step >= nextStep || answersOf[step]! < jobsOf[step]!) return;
    isUpdating = true;
    clock.after(updateSeconds, () => {
      trainedAt.push(clock.now);
      if (trainedAt.length < steps) publish();
    });
  }
}

/** A step's slices. What a row's tokens are depends on the step and the row alone. */
function jobsOfStep({ rows, rowsPerJob, lengths, draw, spread, seed }: Scenario, step: number): Job[] {
  const all = uniforms({ seed, stream: "lengths", counters: [step], count: rows });
  const drawn = Array.from(all, (one) => lengths[Math.floor(one * lengths.length)]!);
  const count = Math.ceil(rows / rowsPerJob);
  const noise = uniforms({ seed, stream: "noise", counters: [step], count });
  return Array.from({ length: count }, (_, slice) => {
    const own = drawn.slice(slice * rowsPerJob, (slice + 1) * rowsPerJob);
    return { step, seconds: drawSeconds(draw, own) * (1 + spread * Math.sqrt(3) * (2 * noise[slice]! - 1)) }; // uniform, of that deviation
  });
}

/** What the same step takes on one machine without workers, in the same slices. */
export function secondsAlone(scenario: Scenario): number {
  const { first } = countedSteps(scenario);
  const drawn = Array.from({ length: scenario.steps }, (_, step) => jobsOfStep(scenario, first + step)).flat();
  return scenario.updateSeconds + drawn.reduce((sum, { seconds }) => sum + seconds, 0) / scenario.steps;
}

/** Those between which workers have as much in their hands, and how many there are in all. */
function countedSteps({ steps, staleness }: Scenario) {
  const first = 1 + staleness;
  return { first, last: staleness + steps, steps: 1 + steps + 2 * staleness };
}
