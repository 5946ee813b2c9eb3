import * as tf from "@tensorflow/tfjs-core";

/** Keeps tensors for the backward pass; they come back in the same order. */
export type Save = (tensors: tf.Tensor[]) => void;

type Gradients = Readonly<Record<string, () => tf.Tensor>>;

/** What was run while gradients were wanted, in its order. */
export type Tape = readonly TapeEntry[];

interface TapeEntry {
  readonly saved: readonly tf.Tensor[];
  /** From the gradients of the results; missing where nothing came of a result. */
  gradient?: (dys: readonly (tf.Tensor | null)[]) => Gradients;
}

/** What of tfjs's engine its types hide. */
export interface TapeEngine {
  readonly state: {
    /** How many gradient functions are being run, one inside the other. */
    readonly gradientDepth: number;
    activeTape: Tape | null;
  };
  /** Between the two, what is computed is recorded on a new tape. */
  startTape(): void;
  endTape(): void;
  /** Whether what is computed now is recorded. */
  isTapeOn(): boolean;
  /** Ids of tensors grow. */
  nextTensorId(): number;
  runKernelFunc<Result extends tf.Tensor | tf.Tensor[]>(operation: {
    readonly inputs: Readonly<Record<string, tf.Tensor>>;
    readonly forwardFunc: (backend: unknown, save: Save) => Result;
    readonly backwardsFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => Gradients;
  }): Result;
}

export const tapeEngine = (): TapeEngine => tf.engine() as unknown as TapeEngine;

/**
 * Several operations as one entry of tfjs's tape, whose gradients are computed together, and which frees what it saved as soon as
 * `backward` has returned: tfjs by itself keeps it until the whole tape is done.
 *
 * `inputs` are those whose gradients may be asked for; only their ids and shapes are looked at. `backward` gives the gradients of all of them
 * by name (left out: 0), from those of the results, zeros where nothing came of a result; `reached` says of which something did. Where there is
 * no tape, `forward` is called without `save`.
 */
export function tapeNode({
  inputs,
  forward,
  backward,
}: {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly forward: (save?: Save) => tf.Tensor[];
  readonly backward: (dys: readonly tf.Tensor[], saved: readonly tf.Tensor[], reached: readonly boolean[]) => Record<string, tf.Tensor>;
}): tf.Tensor[] {
  const engine = tapeEngine();
  if (!engine.isTapeOn()) return tf.tidy(() => forward());
  freeAbandonedTape(engine);
  const shapes = Object.entries(inputs).map(([name, { shape }]) => [name, shape] as const);
  const outputs = engine.runKernelFunc<tf.Tensor[]>({
    inputs,
    forwardFunc: (_, save) => forward(save),
    backwardsFunc: () => ({}),
  });
  const entry = engine.state.activeTape!.at(-1)!;
  const outputShapes = outputs.map(({ shape }) => shape);
  // In place of the engine's own, which would fill arrays with zeros in JS.
  entry.gradient = (dys) => {
    const gradients = tf.tidy(() => {
      const upstream = dys.map((dy, index) => dy ?? tf.fill(outputShapes[index]!, 0));
      const reached = dys.map((dy) => dy !== null);
      return backward(upstream, entry.saved, reached);
    });
    if (isLastUse(engine)) tf.dispose([...entry.saved]);
    return Object.fromEntries(shapes.map(([name, shape]) => [name, () => gradients[name] ?? tf.fill(shape, 0)]));
  };
  for (const output of outputs) tapeOf.set(output, engine.state.activeTape!);
  return outputs;
}

const tapeOf = new WeakMap<tf.Tensor, Tape>();

/** Whether a result of {@link tapeNode} is on the tape that is being recorded: a gradient flows through it. */
export function isOnTape(output: tf.Tensor): boolean {
  const { activeTape } = tapeEngine().state;
  return activeTape !== null && tapeOf.get(output) === activeTape;
}

/** Whether what a gradient function has read may be freed; in a gradient of a gradient, the outer one will want it again. */
export function isLastUse(engine: TapeEngine): boolean {
  return engine.state.gradientDepth === 0;
}

let lastTape: Tape | null = null;

/**
 * Where a function throws while its gradient is taken, tfjs forgets what its tape has saved: it is freed when the next one begins. Tapes that
 * somebody holds are no concern of this.
 */
function freeAbandonedTape({ state: { activeTape } }: TapeEngine): void {
  if (activeTape === lastTape) return;
  if (lastTape !== null) freeTape(lastTape);
  lastTape = activeTape !== null && heldTapes.has(activeTape) ? null : activeTape;
}

const heldTapes = new WeakSet<Tape>();

/** From now on the caller frees the tape that is being recorded. */
export function holdTape({ state: { activeTape } }: TapeEngine): Tape {
  heldTapes.add(activeTape!);
  return activeTape!;
}

/** Frees what a tape has saved. */
export function freeTape(tape: Tape): void {
  for (const { saved } of tape) tf.dispose([...saved]);
}
