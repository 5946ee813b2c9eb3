import { type EmbeddingTable, float32Table, int8Table } from "./embedding-table.ts";
import { RolloutError } from "./error.ts";
import { InferenceSession } from "./onnx-runtime.ts";
import type { StagePlan } from "./plan-stages.ts";
import { quantizeOutputs } from "./quantize.ts";
import type { Precision } from "./stage-graph.ts";

export interface EngineOptions {
  readonly plan: StagePlan;
  readonly precision: Precision;
  readonly threads: number | undefined;
  readonly hiddenSize: number;
  readonly vocabSize: number;
  /** Of each layer, as the architecture has them. */
  readonly rotaryFrequencies: readonly Float32Array[] | undefined;
}

/** A weight on its way in; the memory that its numbers are in goes with it. */
export interface NewWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly numbers: Float32Array<ArrayBuffer>;
}

/** The sessions of a plan and the embedding tables, as weights come in. */
export class Engine {
  readonly options: EngineOptions;
  readonly #tables = new Map<string, EmbeddingTable>();
  readonly #sessions: (InferenceSession | undefined)[];
  /** Files of stages that are not made yet. */
  readonly #files = new Map<string, Uint8Array>();

  constructor(options: EngineOptions) {
    this.options = options;
    this.#sessions = options.plan.stages.map(() => undefined);
  }

  /** Makes of a weight what `stages`, which will be opened, and the embeddings want of it. Says whether it keeps the numbers themselves. */
  take({ name, shape, numbers }: NewWeight, stages: readonly number[]): boolean {
    const { plan, precision } = this.options;
    const uses = stages.flatMap((stage) => plan.stages[stage]!.weights).filter(({ parameter }) => parameter === name);
    const isTokens = plan.embeddings.tokens === name;
    const isTable = isTokens || plan.embeddings.positions === name;
    const [matrix] = uses.filter(({ form }) => form === "int8");
    if (matrix !== undefined || (isTokens && precision === "int8")) {
      const quantized = quantizeOutputs(numbers, shape as [number, number], matrix?.transposed ?? true);
      if (quantized === undefined) throw notFinite(name, numbers);
      if (isTokens) this.#tables.set(name, int8Table(quantized));
      if (matrix === undefined) return false;
      this.#files.set(`${name}.int8`, bytesOf(quantized.values));
      this.#files.set(`${name}.scales`, bytesOf(quantized.scales));
      return false;
    }
    if (isTable) this.#tables.set(name, float32Table(finite(name, numbers), shape[1]!));
    if (uses.length > 0) this.#files.set(name, bytesOf(finite(name, numbers)));
    return true;
  }

  /** Makes a stage's session of the weights that were taken since, in place of the one before. */
  async open(stage: number): Promise<void> {
    const { model, weights } = this.options.plan.stages[stage]!;
    const names = weights.flatMap(({ parameter, form }) => (form === "int8" ? [`${parameter}.int8`, `${parameter}.scales`] : [parameter]));
    const externalData = names.map((path) => ({ path, data: this.#files.get(path)! }));
    await this.close(stage);
    this.#sessions[stage] = await InferenceSession.create(model, {
      externalData,
      graphOptimizationLevel: "basic",
      logSeverityLevel: 3,
      ...(this.options.threads !== undefined && { intraOpNumThreads: this.options.threads }),
      // Waiting busily is faster only where nothing else runs: where something does, each wait takes a core's whole time slice.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
    for (const name of names) this.#files.delete(name);
  }

  async close(stage: number): Promise<void> {
    await this.#sessions[stage]?.release();
    this.#sessions[stage] = undefined;
  }

  session(stage: number): InferenceSession {
    return this.#sessions[stage]!;
  }

  /** The hidden states that the first stage reads, `[ids, H]`. */
  embed(ids: ArrayLike<number>, positions: ArrayLike<number>): Float32Array {
    const { hiddenSize, plan } = this.options;
    const hidden = new Float32Array(ids.length * hiddenSize);
    const tokens = this.#tables.get(plan.embeddings.tokens)!;
    const learned = plan.embeddings.positions === undefined ? undefined : this.#tables.get(plan.embeddings.positions)!;
    for (let index = 0; index < ids.length; index++) {
      tokens.addRow(ids[index]!, hidden, index * hiddenSize);
      learned?.addRow(positions[index]!, hidden, index * hiddenSize);
    }
    if (plan.embeddingScale !== 1) for (let index = 0; index < hidden.length; index++) hidden[index]! *= plan.embeddingScale;
    return hidden;
  }
}

function finite(name: string, numbers: Float32Array): Float32Array {
  let spoilt = 0;
  for (let index = 0; index < numbers.length; index++) spoilt += numbers[index]! - numbers[index]!;
  if (spoilt !== 0) throw notFinite(name, numbers);
  return numbers;
}

function notFinite(name: string, numbers: Float32Array): RolloutError {
  const index = numbers.findIndex((number) => !Number.isFinite(number));
  return new RolloutError("not-finite", `${name}: number ${index} is ${numbers[index]}; responses can't be drawn with such weights`);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
