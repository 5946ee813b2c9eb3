import type { Engine } from "./engine.ts";
import type { KeyValueCache } from "./key-value-cache.ts";
import { Tensor } from "./onnx-runtime.ts";

/** What the next token of each row is drawn from, `[rows, …]` each. */
export interface Distributions {
  /** softmax(logits / temperature). */
  readonly probabilities: Float32Array;
  /** Of the probabilities, over equal parts of the vocabulary. */
  readonly sums: Float32Array;
  logits(): Promise<Float32Array>;
}

/** Tokens to be read, `[rows, columns]`. */
interface Columns {
  readonly ids: ArrayLike<number>;
  readonly positions: ArrayLike<number>;
  readonly columns: number;
  /** Of each row, these columns included. */
  readonly lengths: readonly number[];
  /** How many of each row were read before. */
  readonly starts: readonly number[];
  /** Where in `ids` each row's last token is. */
  readonly lastTokens: readonly number[];
}

/** Runs an engine's sessions one after the other over one cache. */
export class ForwardPass {
  readonly #engine: Engine;
  readonly #cache: KeyValueCache;
  readonly #constants: Record<string, Tensor>;
  readonly #wantsLogits: boolean;

  constructor(options: {
    readonly engine: Engine;
    readonly cache: KeyValueCache;
    /** Tokens of the longest row, in the end. */
    readonly columns: number;
    readonly temperature: number;
    readonly wantsLogits: boolean;
  }) {
    this.#engine = options.engine;
    this.#cache = options.cache;
    this.#wantsLogits = options.wantsLogits;
    this.#constants = {
      inverse_temperature: new Tensor("float32", Float32Array.of(1 / options.temperature), []),
      ...rotaryTables(options.engine.options.rotaryFrequencies ?? [], options.columns),
    };
  }

  /** Padded on the right: attention looks at as much of each row as it has. */
  async readPrompts(prompts: readonly Int32Array[], columns: number): Promise<Distributions> {
    const ids = new Int32Array(prompts.length * columns);
    for (const [row, prompt] of prompts.entries()) ids.set(prompt, row * columns);
    return this.#run({
      ids,
      positions: ids.map((_, index) => index % columns),
      columns,
      lengths: prompts.map(({ length }) => length),
      starts: prompts.map(() => 0),
      lastTokens: prompts.map(({ length }, row) => row * columns + length - 1),
    });
  }

  /** One token for each row, with which it has the length. */
  async readTokens(ids: readonly number[], lengths: readonly number[]): Promise<Distributions> {
    const starts = lengths.map((length) => length - 1);
    return this.#run({ ids, positions: starts, columns: 1, lengths, starts, lastTokens: ids.map((_, row) => row) });
  }

  async #run({ ids, positions, columns, lengths, starts, lastTokens }: Columns): Promise<Distributions> {
    const { plan, hiddenSize } = this.#engine.options;
    const rows = lengths.length;
    const longest = Math.max(...lengths);
    this.#cache.reserve(Math.max(longest, columns));
    const feeds: Record<string, Tensor> = {
      ...this.#constants,
      columns_shape: int64([rows, columns, -1], [3]),
      positions: int64(positions, [rows, columns]),
      last_positions: new Tensor(
        "int32",
        Int32Array.from(lengths, (length) => length - 1),
        [rows],
      ),
      longest: new Tensor("int32", Int32Array.of(longest), [1]),
      last_tokens: int64(lastTokens, [rows]),
      zero_points: new Tensor("uint8", new Uint8Array(ids.length).fill(128), [ids.length]),
      hidden: new Tensor("float32", this.#engine.embed(ids, positions), [ids.length, hiddenSize]),
    };
    for (const [stage, { layers }] of plan.stages.slice(0, -1).entries()) {
      const results = await this.#runStage(stage, { ...feeds, ...this.#cache.past(layers) });
      this.#cache.append(layers, results, starts);
      feeds.hidden = results.next_hidden!;
    }
    feeds.zero_points = new Tensor("uint8", new Uint8Array(rows).fill(128), [rows]);
    return this.#distributions(feeds);
  }

  /** Logits cost a copy of their own: they come along only where every token is drawn from them. */
  async #distributions(feeds: Record<string, Tensor>): Promise<Distributions> {
    const last = this.#engine.options.plan.stages.length - 1;
    const { probabilities, sums, ...more } = await this.#runStage(last, feeds, this.#wantsLogits ? undefined : ["probabilities", "sums"]);
    const logits = async () => more.logits ?? (await this.#runStage(last, feeds)).logits!;
    return {
      probabilities: probabilities!.data as Float32Array,
      sums: sums!.data as Float32Array,
      logits: async () => (await logits()).data as Float32Array,
    };
  }

  async #runStage(stage: number, feeds: Record<string, Tensor>, outputs?: readonly string[]): Promise<Record<string, Tensor>> {
    const session = this.#engine.session(stage);
    const wanted = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!]));
    return (await session.run(wanted, outputs ?? session.outputNames)) as Record<string, Tensor>;
  }
}

/** cos and sin of position · frequency, `[positions, d / 2]` each, for each kind of layer. */
function rotaryTables(frequencies: readonly Float32Array[], positions: number): Record<string, Tensor> {
  const tables = [...new Set(frequencies)].flatMap((kind, index) => {
    const size = kind.length;
    const table = (wave: (angle: number) => number) =>
      new Tensor(
        "float32",
        Float32Array.from({ length: positions * size }, (_, cell) => wave(Math.floor(cell / size) * kind[cell % size]!)),
        [positions, size],
      );
    return [[`cosines.${index}`, table(Math.cos)] as const, [`sines.${index}`, table(Math.sin)] as const];
  });
  return Object.fromEntries(tables);
}

function int64(values: ArrayLike<number>, shape: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(Array.from(values), BigInt), shape);
}
