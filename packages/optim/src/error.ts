import { CaiError } from "@cai/contracts";
import * as tf from "@tensorflow/tfjs-core";

/**
 * Thrown by this package on options, gradients or moments that don't fit.
 *
 * Codes: `bad-option`, `missing-gradient`, `shape-mismatch`, `bad-moments`, `wrong-backend`, `disposed`.
 */
export class OptimError extends CaiError {
  static override readonly marker: symbol = Symbol.for("@cai/optim");
}

/** Moments live on the backend on which they came into being. */
export const wrongBackend = (): OptimError =>
  new OptimError(
    "wrong-backend",
    `An optimizer that began on native TensorFlow was used on backend ${tf.getBackend()}: set the backend once, before training.`,
  );
