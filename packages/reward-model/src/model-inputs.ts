import { float32ToFloat16 } from "@cai/safetensors";
import type { InferenceSession } from "onnxruntime-node";
import { RewardModelError } from "./error.ts";
import type { Padding } from "./padding.ts";
import type { Feed } from "./session-thread.ts";

const maskName = "attention_mask";

/** Rows of ids in one rectangle `[rows, columns]`. */
interface PaddedRows {
  readonly ids: Int32Array;
  readonly mask: Int32Array;
  readonly shape: readonly [rows: number, columns: number];
  readonly firstPosition: number;
}

const fillers: { readonly [input: string]: (padded: PaddedRows) => Int32Array } = {
  input_ids: ({ ids }) => ids,
  [maskName]: ({ mask }) => mask,
  token_type_ids: ({ ids }) => new Int32Array(ids.length),
  position_ids: positionIds,
};

const arrays: { readonly [type: string]: (values: Int32Array) => Feed["data"] } = {
  int64: (values) => BigInt64Array.from(values, BigInt),
  int32: (values) => values,
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  float16: (values) => float32ToFloat16(Float32Array.from(values)),
  bool: (values) => Uint8Array.from(values),
};

/** What a model takes: inputs whose meaning is known, and sizes that it was exported with. */
export interface ModelInputs {
  /** Rows a run, where the model only takes so many. */
  readonly rows: number | undefined;
  /** Columns of every run, where the model only takes so many. */
  readonly columns: number | undefined;
  /** Told which ids are padding. */
  readonly takesMask: boolean;
  /** The inputs of a run; rows are of one length where there is no padding. */
  feeds(rows: readonly Int32Array[], padding?: Padding): Feed[];
}

/**
 * Finds the meaning of a model's inputs: `input_ids`, `attention_mask`, `token_type_ids`, `position_ids`; a single other input is the ids.
 *
 * @param firstPosition The position id of a row's first token.
 * @throws RewardModelError `bad-model` listing the inputs where one has another name, or a type that ids can't be.
 */
export function discoverInputs(inputs: readonly InferenceSession.ValueMetadata[], path: string, firstPosition = 0): ModelInputs {
  const tensors = inputs.filter((input) => input.isTensor);
  const meanings = tensors.map(({ name, type }) => ({ name, type, fill: fillers[tensors.length === 1 ? "input_ids" : name] }));
  const unusable = inputs.length - tensors.length + meanings.filter(({ type, fill }) => !fill || !arrays[type]).length;
  if (unusable > 0 || !meanings.some(({ fill }) => fill === fillers.input_ids)) {
    const list = inputs.map((input) => (input.isTensor ? `${input.name} (${input.type})` : input.name)).join(", ");
    throw new RewardModelError(
      "bad-model",
      `${path} takes ${list}; wanted input_ids, and of attention_mask, token_type_ids, position_ids what it needs (int64 or int32): ` +
        "export it as a sequence classifier",
    );
  }
  const ids = tensors.find(({ name }) => name === "input_ids") ?? tensors[0]!;
  return {
    rows: fixedSize(ids.shape[0]),
    columns: fixedSize(ids.shape[1]),
    takesMask: tensors.length > 1 && tensors.some(({ name }) => name === maskName),
    feeds(rows, padding) {
      const padded = { ...pad(rows, padding, fixedSize(ids.shape[1])), firstPosition };
      return meanings.map(({ name, type, fill }) => ({ name, type, data: arrays[type]!(fill!(padded)), shape: padded.shape }));
    },
  };
}

function pad(rows: readonly Int32Array[], { side, id }: Padding = { side: "right", id: 0 }, columns: number | undefined) {
  const width = columns ?? Math.max(...rows.map((row) => row.length));
  const ids = new Int32Array(rows.length * width).fill(id);
  const mask = new Int32Array(rows.length * width);
  for (const [index, row] of rows.entries()) {
    const start = index * width + (side === "left" ? width - row.length : 0);
    ids.set(row, start);
    mask.fill(1, start, start + row.length);
  }
  return { ids, mask, shape: [rows.length, width] as const };
}

/** The first position + max(Σ mask up to here − 1, 0) along each row. */
function positionIds({ mask, shape: [rows, columns], firstPosition }: PaddedRows): Int32Array {
  const positions = new Int32Array(mask.length);
  for (let row = 0; row < rows; row += 1) {
    let seen = 0;
    for (let index = row * columns; index < (row + 1) * columns; index += 1) {
      seen += mask[index]!;
      positions[index] = firstPosition + Math.max(seen - 1, 0);
    }
  }
  return positions;
}

function fixedSize(size: number | string | undefined): number | undefined {
  return typeof size === "number" && size > 0 ? size : undefined;
}
