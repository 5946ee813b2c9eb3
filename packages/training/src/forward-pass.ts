import { type Parameter, type SequenceBatch, validOnly } from "@cai/contracts";
import { add, recordForward } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";

/** Of a loss, by parameter name. The caller disposes. */
export type Gradients = Map<string, tf.Tensor>;

/** What a pass gives: numbers for each response token, `[B, T]`, 0 at padding, or for each row, `[B]` (`scores`). */
export type PassNumbers = Readonly<Partial<Record<"logprobs" | "fullLogprobs" | "values" | "entropy" | "scores", Float32Array>>>;

/** The derivatives of a loss with respect to a pass's numbers, of the same shapes; what is left out counts for nothing. */
export type Slopes = PassNumbers;

/**
 * One differentiable pass. Its numbers are read before anybody decides what to do with them: a loss is a function from them to their slopes,
 * and needs no tensors.
 */
export interface ForwardPass<Numbers extends PassNumbers = PassNumbers> {
  readonly numbers: Numbers;
  /** The gradients of the loss that has these slopes. Goes once. Slopes at padding count for nothing. */
  backward(slopes: Slopes): Gradients;
  /** Frees what is left of the pass. */
  dispose(): void;
}

/** The tensors that a pass's numbers are read from, under the same names. */
export type PassTensors<Numbers extends PassNumbers> = { readonly [Name in keyof Numbers]: tf.Tensor };

/**
 * Opens a pass: runs `forward`, reads its tensors, and keeps the way back.
 *
 * @param forward the pass's tensors, by name; they are disposed of here.
 * @param parameters those that a gradient is wanted for.
 * @param frozen other parameters of the same models, which count as frozen meanwhile: nothing is computed for their gradients, and another
 *   trainer may train them all the same.
 */
export async function openPass<Numbers extends PassNumbers>({
  batch,
  parameters,
  frozen = [],
  forward,
}: {
  readonly batch: Pick<SequenceBatch, "responses">;
  readonly parameters: readonly Parameter<tf.Tensor>[];
  readonly frozen?: readonly Parameter<tf.Tensor>[];
  readonly forward: () => PassTensors<Numbers>;
}): Promise<ForwardPass<Numbers>> {
  const tape = whileFrozen(frozen, () => recordForward<string>(() => forward() as Record<string, tf.Tensor>));
  try {
    const numbers = (await readNumbers(tape.results, batch.responses.mask)) as unknown as Numbers;
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

function whileFrozen<Result>(parameters: readonly Parameter<tf.Tensor>[], run: () => Result): Result {
  const marked = parameters.filter(({ trainable }) => trainable);
  for (const parameter of marked) parameter.trainable = false;
  try {
    return run();
  } finally {
    for (const parameter of marked) parameter.trainable = true;
  }
}

function validSlopes(slopes: Slopes, mask: Uint8Array): Slopes {
  const entries = Object.entries(slopes);
  return Object.fromEntries(entries.map(([name, values]) => [name, name === "scores" ? values : values && validOnly(values, mask)]));
}

/** Reads a pass's tensors: `[B, T]` ones where the mask is 1, 0 elsewhere. They stay the caller's. */
export async function readNumbers<Name extends string>(
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
export async function accumulate<Chunk, Numbers extends PassNumbers, Loss extends { readonly slopes: Slopes }>(
  chunks: readonly Chunk[],
  open: (chunk: Chunk) => Promise<ForwardPass<Numbers>>,
  lossOf: (numbers: Numbers, chunk: Chunk) => Loss,
): Promise<{ readonly gradients: Gradients; readonly losses: readonly ChunkLoss<Numbers, Loss>[] }> {
  const gradients: Gradients = new Map();
  const losses: ChunkLoss<Numbers, Loss>[] = [];
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

/** A chunk's loss, and the numbers that it was made of. */
export type ChunkLoss<Numbers, Loss> = Loss & { readonly numbers: Numbers };

function addGradients(sum: Gradients, more: Gradients): void {
  for (const [name, gradient] of more) {
    const before = sum.get(name);
    sum.set(name, before === undefined ? gradient : add(before, gradient));
    if (before !== undefined) tf.dispose([before, gradient]);
  }
}
