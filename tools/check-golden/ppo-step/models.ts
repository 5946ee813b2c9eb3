import type { Parameter, SequenceBatch } from "@cai/contracts";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { sharedTrunkValueModel, ValueHead, type ValueModel } from "@cai/value-head";
import * as tf from "@tensorflow/tfjs-core";
import { floats, type Rows } from "../golden-json.ts";

export interface Models {
  readonly policy: CausalPolicy;
  readonly valueModel: ValueModel;
}

/** A policy from its folder, with the given value head on its trunk. */
export async function loadModels(
  directory: string,
  { weight, bias }: { readonly weight: Rows; readonly bias: readonly number[] },
): Promise<Models> {
  const policy = await loadPolicy(directory);
  const head = ValueHead.create({ hiddenSize: policy.hiddenSize, weight: floats(weight), bias: floats(bias)[0] });
  return { policy, valueModel: sharedTrunkValueModel({ head }) };
}

export function disposeModels({ policy, valueModel }: Models): void {
  valueModel.dispose();
  policy.dispose();
}

export function allParameters({ policy, valueModel }: Models): Parameter<tf.Tensor>[] {
  return [...policy.parameters.values(), ...valueModel.parameters.values()];
}

/** A tensor's numbers and shape, read out. */
export interface NamedNumbers {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export async function readTensors(tensors: Iterable<readonly [name: string, tensor: tf.Tensor]>): Promise<Map<string, NamedNumbers>> {
  const numbers = new Map<string, NamedNumbers>();
  for (const [name, tensor] of tensors) numbers.set(name, { shape: tensor.shape, data: await tensor.data<"float32">() });
  return numbers;
}

export function readParameters(models: Models): Promise<Map<string, NamedNumbers>> {
  return readTensors(allParameters(models).map(({ name, value }) => [name, value] as const));
}

/** `[B, T]` of the models as they stand, at temperature 1. */
export async function logprobsAndValues({ policy, valueModel }: Models, batch: SequenceBatch) {
  const tensors = tf.tidy(() => {
    const hidden = policy.hiddenStates(batch);
    const { logprobs } = policy.tokenLogprobs(hidden, batch.responses, { temperature: 1 });
    return { logprobs, values: valueModel.values(batch, hidden) };
  });
  const numbers = { logprobs: await tensors.logprobs.data<"float32">(), values: await tensors.values.data<"float32">() };
  tf.dispose(tensors);
  return numbers;
}
