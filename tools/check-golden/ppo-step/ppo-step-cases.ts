import { existsSync } from "node:fs";
import { join } from "node:path";
import { policyDiagnostics, valueDiagnostics } from "@cai/ppo-loss";
import { openSafetensors } from "@cai/safetensors";
import { type CaseResult, check } from "../case.ts";
import { type Comparison, compareNumbers, type Tolerance } from "../compare.ts";
import { readJson } from "../golden-json.ts";
import { firstAdamStepTolerance, tolerances } from "../tolerances.ts";
import type { NamedNumbers } from "./models.ts";
import type { PpoStepFile, TensorSlice } from "./ppo-step-file.ts";
import { type PpoStepRun, runPpoStep } from "./run-ppo-step.ts";
import { slice } from "./slice.ts";

/** `ppo_step.json` and the two files of whole tensors beside it. */
export async function* ppoStepCases(file: string, directory: string): AsyncGenerator<CaseResult> {
  const golden = await readJson<PpoStepFile>(join(directory, "ppo_step.json"));
  const run = await runPpoStep(directory, golden);
  const { expected } = golden;
  const { firstForward: first } = expected;
  const { mask } = run.experience.responses;
  const losses = (name: "totalLoss" | "policyLoss" | "valueLoss") => run.losses.map((one) => one[name]);

  yield await check(file, "first forward: log-probabilities", () => [
    compareNumbers("logp", run.firstForward.logprobs, first.logp, tolerances.logprobs, mask),
  ]);
  yield await check(file, "first forward: values", () => [
    compareNumbers("values", run.firstForward.values, first.values, tolerances.logprobs, mask),
  ]);
  yield await check(file, "first forward: losses", () =>
    (["policyLoss", "valueLoss", "totalLoss"] as const).map((name) =>
      compareNumbers(name, run.firstForward[name], first[name], tolerances.losses),
    ),
  );
  yield await check(file, "first forward: clip fractions, KL, ratio, entropy", () => compareDiagnostics(run, golden));
  yield await check(file, "gradient norm before clipping", () => [
    compareNumbers("norm", run.gradientNorms[0]!, expected.gradNormBeforeClipping, tolerances.gradientNorm),
  ]);
  yield await check(file, "gradients before clipping, slices", () => compareGradientSlices(run, golden));
  yield await check(file, "parameters after step 1, slices", async () => {
    const tolerance = toleranceOfWeights(run, golden, await gradientNoise(run, golden, directory));
    return compareSlices(run.parameters, expected.paramsAfterOneStep, ({ name, index }) =>
      tolerance((tensors) => slice(named(tensors, name), index)),
    );
  });
  yield await check(file, "losses before each step and after the last", () => [
    compareNumbers("total", losses("totalLoss"), expected.totalLossBeforeSteps123AndAfterStep3, tolerances.losses),
    compareNumbers("policy", losses("policyLoss"), expected.policyLossBeforeSteps123AndAfterStep3, tolerances.losses),
    compareNumbers("value", losses("valueLoss"), expected.valueLossBeforeSteps123AndAfterStep3, tolerances.losses),
  ]);
  yield await check(file, "gradient norms of all steps", () => [
    compareNumbers("norms", run.gradientNorms, expected.gradNormsOfSteps123, tolerances.gradientNorm),
  ]);
  yield* wholeTensorCases(file, directory, golden, run);
}

async function* wholeTensorCases(file: string, directory: string, golden: PpoStepFile, run: PpoStepRun): AsyncGenerator<CaseResult> {
  const beside = (name: string) => join(file, "..", name);
  const { gradients, paramsAfterOneStep } = wholeTensors(directory, golden);
  if (gradients !== undefined)
    yield await check(beside(gradients), "gradients before clipping, all tensors", () =>
      compareTensors(run.gradients, join(directory, gradients), () => tolerances.gradients),
    );
  if (paramsAfterOneStep !== undefined)
    yield await check(beside(paramsAfterOneStep), "parameters after step 1, all tensors", async () => {
      const tolerance = toleranceOfWeights(run, golden, await gradientNoise(run, golden, directory));
      return compareTensors(run.parameters, join(directory, paramsAfterOneStep), (name) =>
        tolerance((tensors) => named(tensors, name).data),
      );
    });
}

/** The files of whole tensors that are there. */
function wholeTensors(directory: string, { fullTensors = {} }: PpoStepFile): NonNullable<PpoStepFile["fullTensors"]> {
  return Object.fromEntries(Object.entries(fullTensors).filter(([, name]) => existsSync(join(directory, name))));
}

/** The largest difference between a computed gradient and its golden one. */
async function gradientNoise(run: PpoStepRun, golden: PpoStepFile, directory: string): Promise<number> {
  const { gradients } = wholeTensors(directory, golden);
  const comparisons = compareGradientSlices(run, golden);
  if (gradients !== undefined)
    comparisons.push(...(await compareTensors(run.gradients, join(directory, gradients), () => tolerances.gradients)));
  return Math.max(...comparisons.map(({ error }) => error));
}

/** The tolerance of weights after the first step, those that `pick` takes out of all tensors. */
function toleranceOfWeights({ gradients, parameters, firstScale: scale }: PpoStepRun, { params }: PpoStepFile, measuredNoise: number) {
  const step = { scale, learningRate: params.lr, epsilon: params.eps, measuredNoise };
  return (pick: (tensors: Tensors) => ArrayLike<number>): Tolerance =>
    firstAdamStepTolerance({ gradients: pick(gradients), weights: pick(parameters), ...step });
}

function compareDiagnostics({ firstForward, experience }: PpoStepRun, { params, expected }: PpoStepFile): Comparison[] {
  const { oldLogprobs, oldValues, advantages, returns, responses } = experience;
  const { mask } = responses;
  const ofPolicy = policyDiagnostics({ newLogprobs: firstForward.logprobs, oldLogprobs, advantages, mask, clipLow: params.cliprange });
  const ofValues = valueDiagnostics({ newValues: firstForward.values, oldValues, returns, mask, clip: params.valueClip });
  const computed = {
    clipfrac: ofPolicy.clipFraction,
    valueClipfrac: ofValues.clipFraction,
    approxkl: ofPolicy.approxKl,
    ratioMean: ofPolicy.ratioMean,
  };
  return [
    ...(["clipfrac", "valueClipfrac", "approxkl", "ratioMean"] as const).map((name) =>
      compareNumbers(name, computed[name], expected.firstForward[name], tolerances.losses),
    ),
    compareNumbers("entropy", firstForward.entropy, expected.firstForward.entropy, tolerances.logprobs),
  ];
}

type Tensors = ReadonlyMap<string, NamedNumbers>;

function compareGradientSlices({ gradients }: PpoStepRun, { expected }: PpoStepFile): Comparison[] {
  return compareSlices(gradients, expected.gradientsBeforeClipping, () => tolerances.gradients);
}

function compareSlices(computed: Tensors, slices: readonly TensorSlice[], toleranceOf: (slice: TensorSlice) => Tolerance): Comparison[] {
  return slices.map((one) => compareNumbers(one.name, slice(named(computed, one.name), one.index), one.values, toleranceOf(one)));
}

async function compareTensors(computed: Tensors, path: string, toleranceOf: (name: string) => Tolerance): Promise<Comparison[]> {
  const file = await openSafetensors(path);
  try {
    const extra = [...computed.keys()].filter((name) => !file.names.includes(name));
    if (extra.length > 0) throw new Error(`${extra.join(", ")}: computed, but not in the golden file`);
    const comparisons: Comparison[] = [];
    for (const name of file.names)
      comparisons.push(compareNumbers(name, named(computed, name).data, await file.readFloat32(name), toleranceOf(name)));
    return comparisons;
  } finally {
    await file.close();
  }
}

function named(tensors: Tensors, name: string): NamedNumbers {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`${name} is in the golden file, but nothing of that name was computed`);
  return tensor;
}
