import { AdamW, clipFactor, globalNorm } from "@cai/optim";
import * as tf from "@tensorflow/tfjs-core";
import { floats } from "../golden-json.ts";
import { sequenceBatch } from "../policy/expected.ts";
import { type Experience, type LossAndGradients, type LossOptions, lossAndGradients } from "./loss-and-gradients.ts";
import { allParameters, disposeModels, loadModels, type NamedNumbers, readParameters, readTensors } from "./models.ts";
import type { PpoStepFile } from "./ppo-step-file.ts";

export interface PpoStepRun {
  readonly experience: Experience;
  readonly firstForward: Omit<LossAndGradients, "gradients">;
  /** Of the first step, before clipping. */
  readonly gradients: ReadonlyMap<string, NamedNumbers>;
  /** After the first step. */
  readonly parameters: ReadonlyMap<string, NamedNumbers>;
  /** Before each step, and after the last. */
  readonly losses: readonly Pick<LossAndGradients, "totalLoss" | "policyLoss" | "valueLoss">[];
  /** Before clipping, of each step. */
  readonly gradientNorms: readonly number[];
  /** What the first step's gradients are multiplied by. */
  readonly firstScale: number;
}

/** AdamW steps on one fixed batch, all parameters and the value head together, gradients clipped by their global norm. */
export async function runPpoStep(directory: string, { inputs, params, expected }: PpoStepFile): Promise<PpoStepRun> {
  const experience: Experience = {
    ...sequenceBatch(inputs),
    oldLogprobs: floats(inputs.oldLogp),
    oldValues: floats(inputs.oldValues),
    advantages: floats(inputs.advantages),
    returns: floats(inputs.returns),
  };
  const options: LossOptions = {
    clip: params.cliprange,
    valueClip: params.valueClip,
    valueCoef: params.vfCoef,
    temperature: params.temperature,
  };
  const models = await loadModels(directory, inputs.valueHead);
  const { lr: learningRate, beta1, beta2, eps: epsilon, weightDecay, maxGradNorm: maxNorm } = params;
  const optimizer = new AdamW({ parameters: allParameters(models), beta1, beta2, epsilon, weightDecay });
  const passes: LossAndGradients[] = [];
  const gradientNorms: number[] = [];
  const read = { gradients: new Map<string, NamedNumbers>(), parameters: new Map<string, NamedNumbers>() };
  try {
    for (const step of expected.gradNormsOfSteps123.keys()) {
      const pass = await lossAndGradients(models, experience, options);
      passes.push(pass);
      const norm = await globalNorm(pass.gradients.values());
      gradientNorms.push(norm);
      if (step === 0) read.gradients = await readTensors(pass.gradients);
      optimizer.step({ gradients: pass.gradients, learningRate, scale: clipFactor({ norm, maxNorm }) });
      tf.dispose([...pass.gradients.values()]);
      if (step === 0) read.parameters = await readParameters(models);
    }
    const after = await lossAndGradients(models, experience, options);
    passes.push(after);
    tf.dispose([...after.gradients.values()]);
  } finally {
    optimizer.dispose();
    disposeModels(models);
  }
  const firstScale = clipFactor({ norm: gradientNorms[0]!, maxNorm });
  return { experience, firstForward: passes[0]!, ...read, losses: passes, gradientNorms, firstScale };
}
