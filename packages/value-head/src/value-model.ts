import type { Parameter, SequenceBatch } from "@cai/contracts";
import * as tf from "@tensorflow/tfjs-core";
import type { ValueHead } from "./value-head.ts";

/** What reads whole texts: any policy. */
export interface LastHiddenStates {
  /** `[B, H]`, at the last token of each row's prompt and response. Differentiable; the caller disposes. */
  lastHiddenStates(batch: SequenceBatch): tf.Tensor;
}

/** What gives each response token a value. */
export interface ValueModel {
  /** Those that are this model's own, by name; none of the policy's. */
  readonly parameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
  /**
   * `[B, T]`: values of the response tokens, each of the text before it. `policyHidden` are the policy's hidden states `[B, T, H]` for the
   * same batch. Differentiable; at padding unspecified; the caller disposes.
   */
  values(batch: SequenceBatch, policyHidden: tf.Tensor): tf.Tensor;
  /**
   * `[B]`: the value of each whole text, prompt and response: what GAE goes on from where a response was cut. `policy` is asked for its hidden
   * states where they are read. Differentiable; the caller disposes.
   */
  lastValues(batch: SequenceBatch, policy: LastHiddenStates): tf.Tensor;
  dispose(): void;
}

/**
 * Values read from the policy's own hidden states: one trunk, two heads. Nearly free, and the value loss also trains the trunk.
 * The head belongs to the model from then on.
 *
 * @example
 * const valueModel = sharedTrunkValueModel({ head: ValueHead.create({ hiddenSize: 768 }) });
 */
export function sharedTrunkValueModel({ head }: { readonly head: ValueHead }): ValueModel {
  return {
    parameters: head.parameters,
    values: (_batch, policyHidden) => head.values(policyHidden),
    lastValues: (batch, policy) => tf.tidy(() => head.values(policy.lastHiddenStates(batch))),
    dispose: () => head.dispose(),
  };
}

/** What a separate value model stands on: any policy fits. */
export interface ValueTrunk extends LastHiddenStates {
  readonly parameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
  /** Those that `hiddenStates` reads, where there are others: an output matrix has no part in values. */
  readonly hiddenParameters?: ReadonlyMap<string, Parameter<tf.Tensor>>;
  /** `[B, T, H]`, at the column before each response token. Differentiable; the caller disposes. */
  hiddenStates(batch: SequenceBatch): tf.Tensor;
  dispose?(): void;
}

/**
 * Values by a model of their own: the policy's hidden states are ignored, and its weights get no gradient from the value loss.
 *
 * Its trunk's parameters are named with the prefix `value.`, so that they can stand beside the policy's; those that only an output layer reads
 * are none of this model's. Trunk and head belong to the model from then on.
 *
 * @example
 * const trunk = {
 *   parameters: new Map(),
 *   hiddenStates: ({ responses }: SequenceBatch) => tf.ones([...responses.shape, 4]),
 *   lastHiddenStates: ({ responses }: SequenceBatch) => tf.ones([responses.shape[0], 4]),
 * };
 * const valueModel = separateValueModel({ trunk, head: ValueHead.create({ hiddenSize: 4 }) });
 */
export function separateValueModel({ trunk, head }: { readonly trunk: ValueTrunk; readonly head: ValueHead }): ValueModel {
  const own = [...(trunk.hiddenParameters ?? trunk.parameters).values()].map((parameter) => renamed(parameter, `value.${parameter.name}`));
  return {
    parameters: new Map([...own, ...head.parameters.values()].map((parameter) => [parameter.name, parameter])),
    values: (batch) => tf.tidy(() => head.values(trunk.hiddenStates(batch))),
    lastValues: (batch) => tf.tidy(() => head.values(trunk.lastHiddenStates(batch))),
    dispose() {
      trunk.dispose?.();
      head.dispose();
    },
  };
}

/** The same parameter under another name. */
function renamed(parameter: Parameter<tf.Tensor>, name: string): Parameter<tf.Tensor> {
  return {
    name,
    shape: parameter.shape,
    layer: parameter.layer,
    get trainable() {
      return parameter.trainable;
    },
    set trainable(trainable) {
      parameter.trainable = trainable;
    },
    get value() {
      return parameter.value;
    },
    assign: (value) => parameter.assign(value),
    replace: (update) => parameter.replace(update),
  };
}
