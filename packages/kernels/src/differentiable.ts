import * as tf from "@tensorflow/tfjs-core";

/** Keeps tensors for the backward pass; they come back in the same order. */
export type Save = (tensors: tf.Tensor[]) => void;

interface Recording {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly forwardFunc: (backend: unknown, save: Save) => tf.Tensor;
  readonly backwardsFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => Readonly<Record<string, () => tf.Tensor>>;
}

/**
 * One entry of tfjs's tape: `forward` computes the result with nothing inside it recorded, `gradients` gives, for each input, a
 * function that computes its gradient. As against `tf.customGrad`, those functions run only for inputs whose gradient somebody asked
 * for, so a frozen weight costs nothing. Each runs in a tidy of its own, in the order of `gradients`' keys in `inputs`.
 *
 * `save` is undefined where no gradient can be asked for: what only the backward pass needs is then not computed.
 */
export function differentiable<Name extends string>({
  inputs,
  forward,
  gradients,
}: {
  inputs: Readonly<Record<Name, tf.Tensor>>;
  forward: (save?: Save) => tf.Tensor;
  gradients: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => Readonly<Record<Name, () => tf.Tensor>>;
}): tf.Tensor {
  // tf.customGrad is this same call with every gradient computed at once; the engine's own types hide it.
  const engine = tf.engine() as unknown as { runKernelFunc(recording: Recording): tf.Tensor; isTapeOn(): boolean };
  const recording = engine.isTapeOn();
  return engine.runKernelFunc({
    inputs,
    forwardFunc: (_, save) => forward(recording ? save : undefined),
    backwardsFunc: gradients,
  });
}
