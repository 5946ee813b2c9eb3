import { type CaseResult, check } from "../case.ts";
import { type Comparison, compareNumbers, type Nested } from "../compare.ts";
import { readJson } from "../golden-json.ts";
import { tolerances } from "../tolerances.ts";
import { bradleyTerry } from "./bradley-terry.ts";
import { gae } from "./gae.ts";
import { adaptiveKl, kl, rewardShaping } from "./kl.ts";
import { maskedStats } from "./masked-stats.ts";
import { adamw, clipGradNorm } from "./optimizer.ts";
import { policyLossVectors } from "./policy-loss.ts";
import { samplingFilter } from "./sampling-filter.ts";
import { entropyVectors, logprobVectors } from "./token-distribution.ts";
import { explainedVarianceVectors, valueLossVectors } from "./value-loss.ts";

interface VectorCase {
  readonly name: string;
  readonly group: string;
  readonly expected: Readonly<Record<string, Nested>>;
}

type Computed = Readonly<Record<string, number | ArrayLike<number>>>;

/** What computes the quantities of each group, from a case's inputs and params. */
const groups: Readonly<Record<string, (given: never) => Computed | Promise<Computed>>> = {
  "masked-stats": maskedStats,
  gae,
  kl,
  "reward-shaping": rewardShaping,
  "adaptive-kl": adaptiveKl,
  "policy-loss": policyLossVectors,
  "value-loss": valueLossVectors,
  entropy: entropyVectors,
  logprob: logprobVectors,
  "sampling-filter": samplingFilter,
  "explained-variance": explainedVarianceVectors,
  adamw,
  "clip-grad-norm": clipGradNorm,
  "bradley-terry": bradleyTerry,
};

/** Every case of `vectors.json`. */
export async function* vectorCases(file: string, path: string): AsyncGenerator<CaseResult> {
  const { cases } = await readJson<{ cases: readonly VectorCase[] }>(path);
  for (const one of cases) yield await check(file, one.name, () => compareCase(one));
}

async function compareCase(one: VectorCase): Promise<Comparison[]> {
  const compute = groups[one.group];
  if (compute === undefined) throw new Error(`group ${one.group} is unknown; known are ${Object.keys(groups).join(", ")}`);
  const computed: Computed = await compute(one as never);
  // The controller is plain JS numbers; everything else goes through Float32Array.
  const tolerance = one.group === "adaptive-kl" ? tolerances.vectorsFloat64 : tolerances.vectorsFloat32;
  return Object.entries(one.expected).map(([name, expected]) => {
    const numbers = computed[name];
    if (numbers === undefined) throw new Error(`${name} is expected, but nothing here computes it for group ${one.group}`);
    return compareNumbers(name, numbers, expected, tolerance);
  });
}
