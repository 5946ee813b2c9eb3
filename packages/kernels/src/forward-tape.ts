import * as tf from "@tensorflow/tfjs-core";
import { KernelError } from "./error.ts";
import { freeTape, holdTape, type Tape, tapeEngine, tapeNode } from "./tape-node.ts";

/** What a function computed, and the way back through it. */
export interface ForwardTape<Name extends string> {
  /** Belong to the tape, until it is disposed of. */
  readonly results: Readonly<Record<Name, tf.Tensor>>;
  /**
   * The gradients of Σ results·slopes with respect to `xs`, in their order; a result without slopes counts for nothing. Goes once, and frees
   * what was saved for it. The caller disposes of the gradients.
   *
   * @throws KernelError `no-gradient` for an x that no result with slopes depends on, `disposed`, `shape-mismatch`.
   */
  backward(slopes: Readonly<Partial<Record<Name, Float32Array>>>, xs: readonly tf.Tensor[]): tf.Tensor[];
  /** Frees the results and, where nobody went back, what was saved for the way. */
  dispose(): void;
}

/**
 * Runs a function and holds its tape, so that its results can be read, and something be made of their numbers, before anybody goes back:
 * `tf.grads` wants the loss inside of the function. Several tapes may be held at once.
 *
 * @throws KernelError `nested` where a gradient is being taken already; what `forward` throws, and then nothing stays.
 * @example
 * const x = tf.tensor1d([1, 2]);
 * const tape = recordForward(() => ({ squares: tf.square(x) }));
 * const slopes = (await tape.results.squares.data<"float32">()).map((square) => square / 2); // 0.5, 2
 * const [gradient] = tape.backward({ squares: slopes }, [x]); // 2x·slope: [1, 8]
 * tape.dispose();
 */
export function recordForward<Name extends string>(forward: () => Record<Name, tf.Tensor>): ForwardTape<Name> {
  const engine = tapeEngine();
  if (engine.state.gradientDepth > 0)
    throw new KernelError(
      "nested",
      "recordForward() was called while a gradient is being taken: call it outside of tf.grads and the like.",
    );
  engine.startTape();
  const tape = holdTape(engine);
  let results: Record<Name, tf.Tensor>;
  try {
    results = tf.tidy(() => {
      const computed = forward();
      for (const tensor of Object.values<tf.Tensor>(computed)) tf.keep(tensor);
      return computed;
    });
  } catch (error) {
    freeTape(tape);
    throw error;
  } finally {
    engine.endTape();
    engine.state.activeTape = null;
  }
  let held: Tape | undefined = tape;
  return {
    results,
    backward(slopes, xs) {
      if (held === undefined) throw new KernelError("disposed", "This tape was walked back or disposed of already: record another.");
      checkSlopes(results, slopes);
      const walked = held;
      held = undefined;
      try {
        return gradientsAlong(walked, results, slopes, xs);
      } finally {
        freeTape(walked);
        engine.state.activeTape = null;
      }
    },
    dispose() {
      tf.dispose(Object.values<tf.Tensor>(results));
      if (held !== undefined) freeTape(held);
      held = undefined;
    },
  };
}

function gradientsAlong(
  tape: Tape,
  results: Readonly<Record<string, tf.Tensor>>,
  slopes: Readonly<Record<string, Float32Array | undefined>>,
  xs: readonly tf.Tensor[],
): tf.Tensor[] {
  const inputs = Object.fromEntries(Object.entries(results).filter(([name]) => slopes[name] !== undefined));
  const { value, grads } = tf.engine().gradients(
    () => {
      tapeEngine().state.activeTape = tape;
      const [end] = tapeNode({
        inputs,
        forward: () => [tf.scalar(0)],
        backward: () => Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, tf.tensor(slopes[name]!, shape)])),
      });
      return end!;
    },
    [...xs],
    undefined,
    true,
  );
  value.dispose();
  const missing = grads.findIndex((gradient) => gradient == null);
  if (missing < 0) return grads;
  tf.dispose(grads.filter((gradient) => gradient != null));
  throw new KernelError("no-gradient", `No result with slopes depends on input ${missing} [${xs[missing]!.shape}]: leave it out of xs.`);
}

function checkSlopes(results: Readonly<Record<string, tf.Tensor>>, slopes: Readonly<Record<string, Float32Array | undefined>>): void {
  for (const [name, values] of Object.entries(slopes))
    if (values !== undefined && values.length !== results[name]?.size)
      throw new KernelError(
        "shape-mismatch",
        `The slopes of ${name} are ${values.length} numbers: the result ${name} ${results[name] ? `is [${results[name].shape}]` : "does not exist"}.`,
      );
}
