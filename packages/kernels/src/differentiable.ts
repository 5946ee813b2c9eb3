import * as tf from "@tensorflow/tfjs-core";

interface Recording {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly forwardFunc: (backend: unknown, save: (tensors: tf.Tensor[]) => void) => tf.Tensor;
  readonly backwardsFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => Readonly<Record<string, () => tf.Tensor>>;
}

/**
 * One entry of tfjs's tape: `forward` computes the result with nothing recorded, `gradients` gives, for each input, a function
 * that computes its gradient. As against `tf.customGrad`, those functions run only for inputs whose gradient somebody asked for, so
 * a frozen weight costs nothing; each runs inside its own tidy.
 *
 * `save` keeps tensors for the backward pass; they come back as `saved`, in order. Without a tape it keeps nothing.
 */
export function differentiable<Name extends string>({
  inputs,
  forward,
  gradients,
}: {
  inputs: Readonly<Record<Name, tf.Tensor>>;
  forward: (save: (tensors: tf.Tensor[]) => void) => tf.Tensor;
  gradients: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => Readonly<Record<Name, () => tf.Tensor>>;
}): tf.Tensor {
  // tf.customGrad is this same call with every gradient computed at once; the engine's own types hide it.
  const engine = tf.engine() as unknown as { runKernelFunc(recording: Recording): tf.Tensor };
  return engine.runKernelFunc({ inputs, forwardFunc: (_, save) => forward(save), backwardsFunc: gradients });
}
