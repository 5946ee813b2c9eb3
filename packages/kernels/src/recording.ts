import * as tf from "@tensorflow/tfjs-core";
import type { Differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { sumOf } from "./sum.ts";
import { isLastUse, tapeEngine, tapeNode } from "./tape-node.ts";

let active: Recording | undefined;

/** The tape that operations go to at this moment. */
export const activeRecording = (): Recording | undefined => active;

/** An operation that was run, without its tensors: all that a backward pass needs of it. */
interface Entry {
  readonly output: number;
  /** Those that a gradient is wanted for. */
  readonly inputs: readonly (readonly [name: string, id: number])[];
  /** Places in `Recording.saved`. */
  readonly saved: readonly number[];
  readonly gradients: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => Readonly<Record<string, () => tf.Tensor>>;
}

/**
 * A tape of this package's own: the operations of a forward pass in the order in which they run, to be walked back for gradients. Operations
 * through which no wanted gradient goes are left out, and save nothing; a tensor that several operations read is saved once.
 */
class Recording {
  /** What the backward pass reads; kept, and the caller's to dispose of. */
  readonly saved: tf.Tensor[] = [];
  readonly #places = new Map<number, number>();
  readonly #entries: Entry[] = [];
  /** Ids of tensors that a gradient is wanted for, or that lie on the way to one. */
  readonly #wanted: Set<number>;
  readonly #outputs = new Set<number>();
  readonly #begin = tapeEngine().nextTensorId();

  constructor(wanted: readonly tf.Tensor[]) {
    this.#wanted = new Set(wanted.map(({ id }) => id));
  }

  /** Runs a function with its operations noted; what it did not save is freed. Where it throws, nothing stays. */
  run(forward: () => tf.Tensor): tf.Tensor {
    const outer = active;
    active = this;
    try {
      const output = tf.tidy(forward);
      this.#refuseUnnoted(output, "the result");
      return output;
    } catch (error) {
      tf.dispose(this.saved);
      throw error;
    } finally {
      active = outer;
    }
  }

  note({ inputs, forward, gradients }: Differentiable<string>): tf.Tensor {
    for (const [name, input] of Object.entries(inputs)) this.#refuseUnnoted(input, `the input "${name}"`);
    const wanted = Object.entries(inputs)
      .filter(([, { id }]) => this.#wanted.has(id))
      .map(([name, { id }]) => [name, id] as const);
    let saved: number[] = [];
    const save = (tensors: tf.Tensor[]) => {
      saved = tensors.map((tensor) => this.#save(tensor));
    };
    // What an operation calls inside of itself is its own affair.
    active = undefined;
    let output: tf.Tensor;
    try {
      output = tf.tidy(() => forward(wanted.length === 0 ? undefined : save));
    } finally {
      active = this;
    }
    this.#outputs.add(output.id);
    if (wanted.length > 0) {
      this.#wanted.add(output.id);
      this.#entries.push({ output: output.id, inputs: wanted, saved, gradients });
    }
    return output;
  }

  /**
   * The gradients, by id, of the tensors that they are wanted for, from that of the output. Each saved tensor is freed after its last use,
   * unless it is to stay, and each gradient on the way at once.
   */
  backward(output: number, dy: tf.Tensor, saved: readonly tf.Tensor[], { release }: { readonly release: boolean }): Map<number, tf.Tensor> {
    const gradients = new Map([[output, tf.clone(dy)]]);
    const uses = new Array<number>(saved.length).fill(0);
    for (const place of this.#entries.flatMap((entry) => entry.saved)) uses[place]!++;
    for (const entry of this.#entries.toReversed()) {
      const upstream = gradients.get(entry.output);
      if (upstream !== undefined) {
        gradients.delete(entry.output);
        const read = entry.saved.map((place) => saved[place]!);
        const computed = tf.tidy(() => {
          const functions = entry.gradients(upstream, read);
          return entry.inputs.map(([name]) => ownTensor(functions[name]!(), [upstream, ...read]));
        });
        entry.inputs.forEach(([, id], index) => {
          gradients.set(id, sumAndFree(gradients.get(id), computed[index]!));
        });
        upstream.dispose();
      }
      for (const place of entry.saved) if (--uses[place]! === 0 && release) saved[place]!.dispose();
    }
    return gradients;
  }

  #save(tensor: tf.Tensor): number {
    const known = this.#places.get(tensor.id);
    if (known !== undefined) return known;
    this.#places.set(tensor.id, this.saved.length);
    return this.saved.push(tf.keep(tf.clone(tensor))) - 1;
  }

  /** A gradient would end at a tensor that came from elsewhere meanwhile, and nobody would know. */
  #refuseUnnoted({ id, shape }: tf.Tensor, what: string): void {
    if (id > this.#begin && !this.#outputs.has(id))
      throw new KernelError(
        "unrecorded",
        `${what} [${shape}] was made inside of recorded() by an operation that notes no gradient: use this package's operations ` +
          "there, and make constants before.",
      );
  }
}

/**
 * A part of a model as one operation on tfjs's tape; the operations within it go to a tape of their own. Until the backward pass only the tensors
 * that their gradients read are kept, and in the backward pass each is freed as soon as nothing reads it any more.
 *
 * Gradients are given for `weights`, by any name, and for `x` unless `xIsConstant`; where none of them is there, nothing is kept at all. Other
 * tensors that `forward` uses are constants. With `recompute` only `x` is kept, and `forward` runs again in the backward pass: the same
 * gradients to the bit, for a third more time and a fraction of the memory; it must find its constants alive then.
 *
 * @throws KernelError `unrecorded` where a plain tfjs operation stands between two of this package.
 * @example
 * const weight = tf.ones([3, 3]);
 * const block = (x: tf.Tensor) => add(x, gelu(linear(x, weight)));
 * const y = recorded({ x: tf.ones([2, 3]), weights: { weight }, forward: block });
 */
export function recorded({
  x,
  xIsConstant = false,
  weights,
  forward,
  recompute = false,
}: {
  readonly x: tf.Tensor;
  readonly xIsConstant?: boolean;
  readonly weights: Readonly<Record<string, tf.Tensor>>;
  readonly forward: (x: tf.Tensor) => tf.Tensor;
  readonly recompute?: boolean;
}): tf.Tensor {
  if (active !== undefined) return forward(x);
  if (!tapeEngine().isTapeOn()) return tf.tidy(() => forward(x));
  const wantedOf = (input: tf.Tensor): Record<string, tf.Tensor> => (xIsConstant ? weights : { ...weights, x: input });
  const inputs = wantedOf(x);
  let noted: { readonly recording: Recording; readonly output: number } | undefined;
  const [y] = tapeNode({
    inputs,
    forward(save) {
      if (save === undefined) return [forward(x)];
      if (recompute) {
        if (Object.keys(inputs).length > 0) save([x]);
        // Noted too, for nothing, so that both times the same operations run.
        return [new Recording([]).run(() => forward(x))];
      }
      const recording = new Recording(Object.values(inputs));
      const output = recording.run(() => forward(x));
      save(recording.saved);
      tf.dispose(recording.saved);
      noted = { recording, output: output.id };
      return [output];
    },
    backward([dy], saved) {
      const release = isLastUse(tapeEngine());
      if (noted !== undefined) return named(inputs, noted.recording.backward(noted.output, dy!, saved, { release }));
      const again = wantedOf(saved[0]!);
      const recording = new Recording(Object.values(again));
      const output = recording.run(() => forward(saved[0]!));
      output.dispose();
      return named(again, recording.backward(output.id, dy!, recording.saved, { release: true }));
    },
  });
  return y!;
}

function named(inputs: Readonly<Record<string, tf.Tensor>>, gradients: ReadonlyMap<number, tf.Tensor>): Record<string, tf.Tensor> {
  const found: Record<string, tf.Tensor> = {};
  for (const [name, { id }] of Object.entries(inputs)) {
    const gradient = gradients.get(id);
    if (gradient !== undefined) found[name] = gradient;
  }
  return found;
}

/** `dx`, or another tensor like it where it is one of those that will be freed. */
function ownTensor(dx: tf.Tensor, freed: readonly tf.Tensor[]): tf.Tensor {
  return freed.includes(dx) ? tf.clone(dx) : dx;
}

/** The sum of both, which are freed; `term` where there is no sum yet. */
export function sumAndFree(sum: tf.Tensor | undefined, term: tf.Tensor): tf.Tensor {
  if (sum === undefined) return term;
  const both = sumOf(sum, term);
  tf.dispose([sum, term]);
  return both;
}
