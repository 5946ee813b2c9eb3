import { type AuditSign, signsOf } from "./audit-signs.ts";
import { checkSameLength } from "./check.ts";
import { EvaluationError } from "./error.ts";
import { fitOverOptimisation, type OverOptimisationFit } from "./fit-over-optimisation.ts";
import { readingsOf, type StepNumbers, type StepReading } from "./run-readings.ts";

/** An answer that a run logged, with the training reward's score. */
export interface LoggedSample {
  readonly step: number;
  readonly prompt: string;
  readonly response: string;
  readonly score: number;
}

/** What an audit is made of. */
export interface AuditOptions {
  /** The lines of `metrics.jsonl`, as `readMetrics` of @cai/run-log gives them. */
  readonly metrics: readonly StepNumbers[];
  /** The lines of `samples.jsonl`. */
  readonly samples: readonly LoggedSample[];
  /** One for each sample: what a judge that the run was not trained on gives it. */
  readonly gold?: ArrayLike<number> | undefined;
  /** Stretches of the run that figures are means over. Default 12, or the steps where there are fewer. */
  readonly stretches?: number;
}

/** Consecutive steps, and the means over them; null for what was not logged. */
export interface AuditStretch {
  readonly firstStep: number;
  readonly lastStep: number;
  /** √KL from the start, in nats an answer; 0 for an estimate below 0, as small samples give. */
  readonly distance: number | null;
  readonly klPerToken: number | null;
  readonly proxy: number;
  readonly spread: number | null;
  readonly length: number | null;
  readonly equalGroups: number | null;
  /** Of the logged answers. */
  readonly samples: number;
  readonly sampleProxy: number | null;
  readonly gold: number | null;
}

/** A run's figures along its way, and what in them is a sign of over-optimisation: plain JSON. It promises nothing. */
export interface RunAudit {
  readonly steps: number;
  readonly stretches: readonly AuditStretch[];
  readonly proxyFit: OverOptimisationFit | null;
  readonly goldFit: OverOptimisationFit | null;
  readonly signs: readonly AuditSign[];
}

/**
 * Looks for signs of over-optimisation in what a run logged: the training reward (proxy) and a judge's score of the logged answers (gold) by
 * √KL with their fits (Gao et al. 2022, https://arxiv.org/abs/2210.10760), and how lengths, the reward's spread, its components and the answers'
 * variety went. Every sign has its figure and its threshold. None of them is a verdict, and a run that shows none may be over-optimised still.
 *
 * @throws EvaluationError `bad-scores` for a run without a reward, or a gold score that is not finite; `shape-mismatch`, `bad-option`
 * @example
 * const metrics = [1, 2, 3].map((step) => ({ step, values: { "objective/scores": step, "objective/kl": step } }));
 * const { signs } = auditRun({ metrics, samples: [] });
 * signs.filter(({ shows }) => shows).map(({ name }) => name); // []
 */
export function auditRun({ metrics, samples, gold, stretches: most = 12 }: AuditOptions): RunAudit {
  if (!Number.isSafeInteger(most) || most < 2)
    throw new EvaluationError("bad-option", `stretches is ${most}: pass a whole number from 2 on`);
  if (gold !== undefined) {
    checkSameLength({ samples, gold });
    const broken = Array.from(gold).findIndex((score) => !Number.isFinite(score));
    if (broken >= 0) throw new EvaluationError("bad-scores", `gold holds ${gold[broken]} for sample ${broken + 1}: pass finite numbers`);
  }
  const readings = readingsOf(metrics);
  const judged = samples.map((sample, index) => ({ ...sample, gold: gold?.[index] }));
  const parts = inParts(readings, Math.min(most, readings.length));
  const withSamples = parts.map((part) => ({
    readings: part,
    samples: judged.filter(({ step }) => step >= part[0]!.step && step <= part.at(-1)!.step),
  }));
  const stretches = withSamples.map(stretchOf);
  const [proxyFit, goldFit] = [fitOf(stretches, "proxy"), fitOf(stretches, "gold")];
  return { steps: readings.length, stretches, proxyFit, goldFit, signs: signsOf({ parts: withSamples, stretches, goldFit }) };
}

/** A logged sample with its gold score, where there is a judge. */
interface JudgedSample extends LoggedSample {
  readonly gold: number | undefined;
}

/** What was logged in a stretch. */
export interface StretchParts {
  readonly readings: readonly StepReading[];
  readonly samples: readonly JudgedSample[];
}

function stretchOf({ readings, samples }: StretchParts): AuditStretch {
  const meanOf = (name: "spread" | "length" | "kl" | "klPerToken" | "equalGroups") => meanOrNull(readings.map((reading) => reading[name]));
  const kl = meanOf("kl");
  return {
    firstStep: readings[0]!.step,
    lastStep: readings.at(-1)!.step,
    distance: kl === null ? null : Math.sqrt(Math.max(kl, 0)),
    klPerToken: meanOf("klPerToken"),
    proxy: meanOrNull(readings.map(({ proxy }) => proxy))!,
    spread: meanOf("spread"),
    length: meanOf("length"),
    equalGroups: meanOf("equalGroups"),
    samples: samples.length,
    sampleProxy: meanOrNull(samples.map(({ score }) => score)),
    gold: meanOrNull(samples.map((sample) => sample.gold)),
  };
}

function fitOf(stretches: readonly AuditStretch[], name: "proxy" | "gold"): OverOptimisationFit | null {
  const points = stretches.filter((stretch) => stretch.distance !== null && stretch[name] !== null);
  return fitOverOptimisation({ distances: points.map(({ distance }) => distance!), rewards: points.map((stretch) => stretch[name]!) });
}

/** Of those that are there. */
function meanOrNull(values: readonly (number | undefined)[]): number | null {
  const there = values.filter((value) => value !== undefined);
  return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length;
}

/** So many consecutive parts, of about equal size. */
function inParts<Row>(rows: readonly Row[], count: number): Row[][] {
  return Array.from({ length: count }, (_, part) =>
    rows.slice(Math.floor((part * rows.length) / count), Math.floor(((part + 1) * rows.length) / count)),
  );
}
