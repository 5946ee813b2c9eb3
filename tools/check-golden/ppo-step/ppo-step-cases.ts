import { existsSync } from "node:fs";
import { join } from "node:path";
import { policyDiagnostics, valueDiagnostics } from "@cai/ppo-loss";
import { openSafetensors } from "@cai/safetensors";
import { type CaseResult, check } from "../case.ts";
import { type Comparison, compareNumbers, type Tolerance } from "../compare.ts";
import { readJson } from "../golden-json.ts";
import { tolerances } from "../tolerances.ts";
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
  yield await check(file, "gradients before clipping, slices", () =>
    compareSlices(run.gradients, expected.gradientsBeforeClipping, tolerances.gradients),
  );
  yield await check(file, "parameters after step 1, slices, |gradient| > 1e-6", () =>
    compareSlices(run.parameters, expected.paramsAfterOneStep, tolerances.parametersAfterStep, run.gradients),
  );
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
  const { gradients, paramsAfterOneStep } = golden.fullTensors ?? {};
  const beside = (name: string) => join(file, "..", name);
  const present = (name: string | undefined): name is string => name !== undefined && existsSync(join(directory, name));
  if (present(gradients)) {
    yield await check(beside(gradients), "gradients before clipping, all tensors", () =>
      compareTensors(run.gradients, join(directory, gradients), tolerances.gradients),
    );
  }
  if (present(paramsAfterOneStep)) {
    yield await check(beside(paramsAfterOneStep), "parameters after step 1, all tensors, |gradient| > 1e-6", () =>
      compareTensors(run.parameters, join(directory, paramsAfterOneStep), tolerances.parametersAfterStep, run.gradients),
    );
  }
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

function compareSlices(computed: Tensors, slices: readonly TensorSlice[], tolerance: Tolerance, gradients?: Tensors): Comparison[] {
  return slices.map(({ name, index, values }) => {
    const mask = gradients && slice(named(gradients, name), index).map(isBeyondNoise);
    return compareNumbers(name, slice(named(computed, name), index), values, tolerance, mask);
  });
}

async function compareTensors(computed: Tensors, path: string, tolerance: Tolerance, gradients?: Tensors): Promise<Comparison[]> {
  const file = await openSafetensors(path);
  try {
    const extra = [...computed.keys()].filter((name) => !file.names.includes(name));
    if (extra.length > 0) throw new Error(`${extra.join(", ")}: computed, but not in the golden file`);
    const comparisons: Comparison[] = [];
    for (const name of file.names) {
      const mask = gradients && Uint8Array.from(named(gradients, name).data, isBeyondNoise);
      comparisons.push(compareNumbers(name, named(computed, name).data, await file.readFloat32(name), tolerance, mask));
    }
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

/** 1 where Adam's first step follows the gradient and not its rounding noise. */
function isBeyondNoise(gradient: number): number {
  return Math.abs(gradient) > 1e-6 ? 1 : 0;
}
