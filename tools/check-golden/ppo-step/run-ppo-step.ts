import { AdamW, clipFactor, globalNorm } from "@cai/optim";
import { loadPolicy } from "@cai/policy";
import { sharedTrunkValueModel, ValueHead } from "@cai/value-head";
import * as tf from "@tensorflow/tfjs-core";
import { floats } from "../golden-json.ts";
import { sequenceBatch } from "../policy/expected.ts";
import {
  allParameters,
  type Experience,
  type LossAndGradients,
  type LossOptions,
  lossAndGradients,
  type Models,
} from "./loss-and-gradients.ts";
import type { PpoStepFile } from "./ppo-step-file.ts";

export type Losses = Pick<LossAndGradients, "totalLoss" | "policyLoss" | "valueLoss">;

/** A tensor's numbers and shape, read out. */
export interface NamedNumbers {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface PpoStepRun {
  readonly experience: Experience;
  readonly firstForward: Omit<LossAndGradients, "gradients">;
  /** Of the first step, before clipping. */
  readonly gradients: ReadonlyMap<string, NamedNumbers>;
  /** After the first step. */
  readonly parameters: ReadonlyMap<string, NamedNumbers>;
  /** Before each step, and after the last. */
  readonly losses: readonly Losses[];
  /** Before clipping, of each step. */
  readonly gradientNorms: readonly number[];
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
      if (step === 0) read.gradients = await readAll(pass.gradients);
      optimizer.step({ gradients: pass.gradients, learningRate, scale: clipFactor({ norm, maxNorm }) });
      tf.dispose([...pass.gradients.values()]);
      if (step === 0) read.parameters = await readAll(new Map(allParameters(models).map(({ name, value }) => [name, value])));
    }
    const after = await lossAndGradients(models, experience, options);
    passes.push(after);
    tf.dispose([...after.gradients.values()]);
  } finally {
    optimizer.dispose();
    disposeModels(models);
  }
  return { experience, firstForward: passes[0]!, ...read, losses: passes, gradientNorms };
}

/** A policy from its folder, with the given value head on its trunk. */
export async function loadModels(directory: string, valueHead: PpoStepFile["inputs"]["valueHead"]): Promise<Models> {
  const policy = await loadPolicy(directory);
  const head = ValueHead.create({ hiddenSize: policy.hiddenSize, weight: floats(valueHead.weight), bias: valueHead.bias[0]! });
  return { policy, valueModel: sharedTrunkValueModel({ head }) };
}

export function disposeModels({ policy, valueModel }: Models): void {
  valueModel.dispose();
  policy.dispose();
}

async function readAll(tensors: ReadonlyMap<string, tf.Tensor>): Promise<Map<string, NamedNumbers>> {
  const numbers = new Map<string, NamedNumbers>();
  for (const [name, tensor] of tensors) numbers.set(name, { shape: tensor.shape, data: await tensor.data<"float32">() });
  return numbers;
}
