import type { TokenBatch } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { DecoderModel } from "./decoder-model.ts";

/** What `buildDecodeGraph` takes, of a policy. */
export function modelOf({ parts: { architecture, parameters } }: CausalPolicy): DecoderModel {
  const weights = new Map([...parameters].map(([name, { value }]) => [name, value.dataSync() as Float32Array]));
  return { architecture, weights };
}

/** Reads batches of tokens one after another with an exported model, as transformers.js does. */
export class OnnxDecoder {
  readonly #session: InferenceSession;
  readonly #vocabSize: number;
  #past: Record<string, Tensor>;
  #mask: number[][];

  constructor(session: InferenceSession, rows: number) {
    this.#session = session;
    this.#vocabSize = shapeOf(session.outputMetadata.find(({ name }) => name === "logits")!)[2]!;
    const past = session.inputMetadata.filter(({ name }) => name.startsWith("past_key_values."));
    this.#past = Object.fromEntries(
      past.map((input) => {
        const [, heads, , size] = shapeOf(input);
        return [input.name, new Tensor("float32", new Float32Array(0), [rows, heads!, 0, size!])];
      }),
    );
    this.#mask = Array.from({ length: rows }, () => []);
  }

  static async create(model: Uint8Array | string, rows: number): Promise<OnnxDecoder> {
    const session = await (typeof model === "string" ? InferenceSession.create(model) : InferenceSession.create(model));
    return new OnnxDecoder(session, rows);
  }

  /** The logits `[V]` after each token, by row and column. Padding may have any id and position that the model knows. */
  async read({ ids, mask, shape: [rows, columns] }: TokenBatch): Promise<Float32Array[][]> {
    const rowOf = (values: ArrayLike<number>, row: number) =>
      Array.from({ length: columns }, (_, column) => values[row * columns + column]!);
    this.#mask = this.#mask.map((before, row) => [...before, ...rowOf(mask, row)]);
    const positions = this.#mask.map((valid) => {
      let seen = 0;
      return valid
        .map((one) => {
          seen += one;
          return Math.max(seen - 1, 0);
        })
        .slice(-columns);
    });
    const { logits, ...present } = await this.#session.run({
      input_ids: int64(
        Array.from(ids, (id) => Math.max(id, 0)),
        [rows, columns],
      ),
      attention_mask: int64(this.#mask.flat(), [rows, this.#mask[0]!.length]),
      position_ids: int64(positions.flat(), [rows, columns]),
      ...this.#past,
    });
    this.#past = Object.fromEntries(Object.entries(present).map(([name, value]) => [name.replace("present", "past_key_values"), value]));
    const numbers = logits!.data as Float32Array;
    const at = (index: number) => numbers.slice(index * this.#vocabSize, (index + 1) * this.#vocabSize);
    return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => at(row * columns + column)));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function int64(values: readonly number[], shape: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), shape);
}

function shapeOf(value: InferenceSession.ValueMetadata): number[] {
  return value.isTensor ? value.shape.map(Number) : [];
}
