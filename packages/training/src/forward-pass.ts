import type { Parameter, SequenceBatch } from "@cai/contracts";
import { recordForward } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";

/** Of a loss, by parameter name. The caller disposes. */
export type Gradients = Map<string, tf.Tensor>;

/** What a pass may give for each response token, `[B, T]`, or for each row, `[B]`. */
export type PassName = "logprobs" | "values" | "entropy" | "scores";

/** The derivatives of a loss with respect to a pass's numbers, of the same shapes; what is left out counts for nothing. */
export type Slopes = Readonly<Partial<Record<PassName, Float32Array>>>;

/**
 * One differentiable pass. Its numbers are read before anybody decides what to do with them: a loss is a function from them to their slopes,
 * and needs no tensors.
 */
export interface ForwardPass<Name extends PassName = PassName> {
  /** `[B, T]`, 0 at padding; `scores` `[B]`. */
  readonly numbers: Readonly<Record<Name, Float32Array>>;
  /** The gradients of the loss that has these slopes. Goes once. Slopes at padding count for nothing. */
  backward(slopes: Slopes): Gradients;
  /** Frees what is left of the pass. */
  dispose(): void;
}

/**
 * Opens a pass: runs `forward`, reads its tensors, and keeps the way back.
 *
 * @param forward the pass's tensors, by name; they are disposed of here.
 * @param parameters those that a gradient is wanted for.
 */
export async function openPass<Name extends PassName>({
  batch,
  parameters,
  forward,
}: {
  readonly batch: Pick<SequenceBatch, "responses">;
  readonly parameters: readonly Parameter<tf.Tensor>[];
  readonly forward: () => Record<Name, tf.Tensor>;
}): Promise<ForwardPass<Name>> {
  const tape = recordForward(forward);
  try {
    const numbers = await readNumbers(tape.results, batch.responses.mask);
    return {
      numbers,
      backward(slopes) {
        const gradients = tape.backward(
          validSlopes(slopes, batch.responses.mask),
          parameters.map(({ value }) => value),
        );
        return new Map(parameters.map(({ name }, index) => [name, gradients[index]!]));
      },
      dispose: () => tape.dispose(),
    };
  } catch (error) {
    tape.dispose();
    throw error;
  }
}

function validSlopes(slopes: Slopes, mask: Uint8Array): Slopes {
  const entries = Object.entries(slopes) as [PassName, Float32Array | undefined][];
  return Object.fromEntries(entries.map(([name, values]) => [name, name === "scores" ? values : values && validOnly(values, mask)]));
}

/** The values where the mask is 1, 0 elsewhere. */
export function validOnly(values: Float32Array, mask: Uint8Array): Float32Array {
  return values.map((value, cell) => (mask[cell] === 1 ? value : 0));
}

/** Reads a pass's tensors: `[B, T]` ones where the mask is 1, 0 elsewhere. They stay the caller's. */
export async function readNumbers<Name extends PassName>(
  tensors: Readonly<Record<Name, tf.Tensor>>,
  mask: Uint8Array,
): Promise<Record<Name, Float32Array>> {
  const read: Partial<Record<Name, Float32Array>> = {};
  for (const name of Object.keys(tensors) as Name[]) {
    const values = await tensors[name].data<"float32">();
    read[name] = name === "scores" ? values : validOnly(values, mask);
  }
  return read as Record<Name, Float32Array>;
}

/**
 * The gradients of one optimizer step, a chunk of its rows at a time: each chunk's pass is opened, its loss computed and walked back before
 * the next. Losses must divide by what the whole step counts, so that the chunks' gradients simply add up.
 *
 * @param lossOf what a chunk's pass leads to; its slopes are walked back.
 * @returns the sum of the gradients, which the caller disposes of, and each chunk's loss with the numbers it was made of.
 */
export async function accumulate<Chunk, Name extends PassName, Loss extends { readonly slopes: Slopes }>(
  chunks: readonly Chunk[],
  open: (chunk: Chunk) => Promise<ForwardPass<Name>>,
  lossOf: (numbers: ForwardPass<Name>["numbers"], chunk: Chunk) => Loss,
): Promise<{ readonly gradients: Gradients; readonly losses: readonly (Loss & { readonly numbers: ForwardPass<Name>["numbers"] })[] }> {
  const gradients: Gradients = new Map();
  const losses: (Loss & { readonly numbers: ForwardPass<Name>["numbers"] })[] = [];
  try {
    for (const chunk of chunks) {
      const pass = await open(chunk);
      try {
        const loss = lossOf(pass.numbers, chunk);
        losses.push({ ...loss, numbers: pass.numbers });
        addGradients(gradients, pass.backward(loss.slopes));
      } finally {
        pass.dispose();
      }
    }
    return { gradients, losses };
  } catch (error) {
    tf.dispose([...gradients.values()]);
    throw error;
  }
}

function addGradients(sum: Gradients, more: Gradients): void {
  for (const [name, gradient] of more) {
    const before = sum.get(name);
    sum.set(name, before === undefined ? gradient : tf.add(before, gradient));
    if (before !== undefined) tf.dispose([before, gradient]);
  }
}
