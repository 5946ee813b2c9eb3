import type { MeasuredCosts } from "./measured-costs.ts";
import { type Scenario, type Simulated, secondsAlone, simulate, type WeightsOnTheWay } from "./simulate.ts";

/** What is assumed, not measured: a network card of 10 Gbit/s at Redis, and none that is shared where each reads a folder for itself. */
const networkBytesPerSecond = 10e9 / 8;
/** Of a step. */
const rowsOfStep = 512;
/** `maxOpenJobs` as the engine has it. */
export const defaultOpenJobs = 64;
/** A learner as fast as a worker, and one on a larger machine: how many times as fast it scores and updates. */
export const learners = [1, 16] as const;
export const workerCounts = [1, 2, 4, 8, 16, 32, 64, 128, 256];
export const rowsPerJobChoices = [1, 2, 4, 8, 16];

/** A way to spread a run. */
export interface Case {
  readonly name: string;
  readonly trained: "LoRA" | "all weights";
  readonly through: "redis" | "folder";
  readonly staleness: number;
}

export const cases: readonly Case[] = [
  { name: "LoRA, Redis, two steps ahead", trained: "LoRA", through: "redis", staleness: 2 },
  { name: "LoRA, Redis, one step ahead", trained: "LoRA", through: "redis", staleness: 1 },
  { name: "LoRA, Redis", trained: "LoRA", through: "redis", staleness: 0 },
  { name: "all weights, Redis, two steps ahead", trained: "all weights", through: "redis", staleness: 2 },
  { name: "all weights, folder", trained: "all weights", through: "folder", staleness: 0 },
  { name: "all weights, Redis, one step ahead", trained: "all weights", through: "redis", staleness: 1 },
  { name: "all weights, Redis", trained: "all weights", through: "redis", staleness: 0 },
];

/** What differs from case to case and from point to point. */
export interface Choice {
  readonly workers: number;
  readonly rowsPerJob: number;
  /** How many times as fast as a worker's thread. */
  readonly learner: number;
  readonly maxOpenJobs?: number;
}

/** A step of 512 responses with the measured costs, spread so. */
export function scenarioOf(measured: MeasuredCosts, { trained, through, staleness }: Case, choice: Choice): Scenario {
  const { workers, rowsPerJob, learner, maxOpenJobs = Math.max(defaultOpenJobs, 2 * workers) } = choice;
  const { draw, lengths, step, queue, promptTokens, weights, redisBytesPerSecond } = measured;
  const { bytes, publishSeconds, loadSeconds } =
    weights[trained === "LoRA" ? (`LoRA, ${through}` as const) : (`full, ${through}` as const)];
  const bytesPerSecond = through === "folder" ? Number.POSITIVE_INFINITY : Math.min(networkBytesPerSecond, redisBytesPerSecond);
  const onTheWay: WeightsOnTheWay = { bytes, bytesPerSecond, publishSeconds, loadSeconds };
  const tokensOfStep = step.rows * (promptTokens + step.tokensPerRow);
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const tokens = rowsOfStep * (promptTokens + mean);
  const trainSeconds = trained === "LoRA" ? step.trainSeconds : step.allWeightsTrainSeconds;
  return {
    workers,
    rows: rowsOfStep,
    rowsPerJob,
    maxOpenJobs,
    staleness,
    draw,
    spread: draw.spread,
    lengths,
    weights: onTheWay,
    queue: { learnerSeconds: queue.jobSeconds / 2, workerSeconds: queue.jobSeconds / 2 },
    updateSeconds: ((trainSeconds + step.scoreSeconds) * tokens) / tokensOfStep / learner,
    steps: 8,
    seed: 1,
  };
}

/** With as many rows a job as are best for so many workers. */
export function bestRows(
  measured: MeasuredCosts,
  one: Case,
  choice: Omit<Choice, "rowsPerJob">,
): Simulated & { readonly rowsPerJob: number } {
  const tried = rowsPerJobChoices.map((rowsPerJob) => ({ rowsPerJob, ...simulate(scenarioOf(measured, one, { ...choice, rowsPerJob })) }));
  return tried.reduce((best, next) => (next.stepSeconds < best.stepSeconds ? next : best));
}

/** How many times as fast as one worker that waits for each update, of the same weights through Redis. */
export function speedups(measured: MeasuredCosts, one: Case, learner: number): number[] {
  const alone = bestRows(measured, { ...one, through: "redis", staleness: 0 }, { workers: 1, learner }).stepSeconds;
  return workerCounts.map((workers) => alone / bestRows(measured, one, { workers, learner }).stepSeconds);
}

/** What no number of workers exceeds: one worker's step over the update alone. */
export function amdahlBound(measured: MeasuredCosts, one: Case, learner: number): number {
  const scenario = scenarioOf(measured, one, { workers: 1, rowsPerJob: 16, learner });
  return secondsAlone(scenario) / scenario.updateSeconds;
}

/** Where the time of a step goes that does not go with more workers; in seconds. */
export interface Parts {
  readonly step: number;
  readonly update: number;
  readonly drawing: number;
  readonly weights: number;
  readonly queue: number;
  /** For the last slice, while other workers have none. */
  readonly waiting: number;
}

/** Each part is what a step that waits for each update takes less without it. */
export function partsOf(scenario: Scenario): Parts {
  const step = simulate(scenario).stepSeconds;
  const noWeights = { ...scenario, weights: { ...scenario.weights, bytes: 0, publishSeconds: 0 } };
  const withoutWeights = simulate(noWeights).stepSeconds;
  const bare = simulate({ ...noWeights, queue: { learnerSeconds: 0, workerSeconds: 0 } }).stepSeconds;
  const { updateSeconds: update, workers } = scenario;
  const drawing = (secondsAlone(scenario) - update) / workers;
  return { step, update, drawing, weights: step - withoutWeights, queue: withoutWeights - bare, waiting: bare - update - drawing };
}
