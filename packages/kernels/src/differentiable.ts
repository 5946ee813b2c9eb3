import * as tf from "@tensorflow/tfjs-core";
import { activeRecording } from "./recording.ts";
import { type Save, tapeEngine } from "./tape-node.ts";

/** An operation with its own gradients. */
export interface Differentiable<Name extends string> {
  readonly inputs: Readonly<Record<Name, tf.Tensor>>;
  readonly forward: (save?: Save) => tf.Tensor;
  readonly gradients: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => Readonly<Record<Name, () => tf.Tensor>>;
}

/**
 * One entry of tfjs's tape: `forward` computes the result with nothing inside it recorded, `gradients` gives, for each input, a
 * function that computes its gradient. As against `tf.customGrad`, those functions run only for inputs whose gradient somebody asked
 * for, so a frozen weight costs nothing. Each runs in a tidy of its own, in the order of `gradients`' keys in `inputs`.
 *
 * `save` is undefined where no gradient can be asked for: what only the backward pass needs is then not computed. Inside of `recorded`, the
 * operation is noted there, and not on the tape.
 */
export function differentiable<Name extends string>(operation: Differentiable<Name>): tf.Tensor {
  const recording = activeRecording();
  if (recording !== undefined) return recording.note(operation);
  const { inputs, forward, gradients } = operation;
  const engine = tapeEngine();
  if (!engine.isTapeOn()) return tf.tidy(() => forward());
  // tf.customGrad is this same call with every gradient computed at once.
  return engine.runKernelFunc({ inputs, forwardFunc: (_, save) => forward(save), backwardsFunc: gradients });
}

/** Whether a gradient can be asked for of what is computed now. */
export function isRecorded(): boolean {
  return activeRecording() !== undefined || tapeEngine().isTapeOn();
}
