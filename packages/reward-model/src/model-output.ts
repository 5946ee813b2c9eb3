import type { InferenceSession } from "onnxruntime-node";
import { RewardModelError } from "./error.ts";
import type { RunResult } from "./session-thread.ts";

const usualNames = ["logits", "score", "scores"];

/** What picks the score out of a model's outputs. */
export interface OutputOptions {
  readonly output: string | undefined;
  readonly label: string | number | undefined;
  readonly labels: readonly string[] | undefined;
  readonly path: string;
}

/**
 * The output that holds the scores: the one named, or `logits`, `score` or `scores`, or the only one of floats.
 *
 * @throws RewardModelError `bad-model` listing the outputs where there is none or more than one, or where its shape, as far as the model
 * tells it, holds no scores; `bad-options` where it has several classes and `label` names none.
 */
export function chooseOutput(outputs: readonly InferenceSession.ValueMetadata[], options: OutputOptions): string {
  const { output, path } = options;
  const floats = outputs.filter((value) => value.isTensor).filter((value) => value.type === "float32" || value.type === "float64");
  const usual = usualNames.flatMap((name) => floats.filter((value) => value.name === name));
  const candidates = output === undefined ? (usual.length > 0 ? usual.slice(0, 1) : floats) : floats.filter(({ name }) => name === output);
  if (candidates.length === 1) {
    const { name, shape } = candidates[0]!;
    if (shape.length > 2) throw shapeError(shape, options);
    if (typeof shape[1] === "number" && shape[1] > 0) chooseColumn(shape[1], options);
    return name;
  }
  const list = outputs.map((value) => (value.isTensor ? `${value.name} (${value.type} [${value.shape}])` : value.name)).join(", ");
  const wanted = output === undefined ? `one float32 output, or one named ${usualNames.join(", ")}` : `a float32 output named ${output}`;
  throw new RewardModelError("bad-model", `${path} gives ${list}; wanted ${wanted}: choose one with the option output`);
}

/**
 * The column of the output that is the score, from its number of classes.
 *
 * @throws RewardModelError `bad-options` where several classes are given and `label` doesn't name one.
 */
function chooseColumn(classes: number, { label, labels, path }: OutputOptions): number {
  if (label === undefined && classes === 1) return 0;
  const column = typeof label === "string" ? (labels ?? []).indexOf(label) : label;
  if (column !== undefined && Number.isInteger(column) && column >= 0 && column < classes) return column;
  const known = Array.from({ length: classes }, (_, index) => (labels?.[index] === undefined ? `${index}` : `${index} (${labels[index]})`));
  throw new RewardModelError(
    "bad-options",
    `${path} gives ${classes} numbers a row${label === undefined ? "" : ` and none is ${label}`}: choose one with the option label: ${known.join(", ")}`,
  );
}

/**
 * One score a row, from an output of the shape `[rows]`, `[rows, 1]` or `[rows, classes]`.
 *
 * @throws RewardModelError `bad-model` for any other shape.
 */
export function readScores({ data, shape }: RunResult, rows: number, options: OutputOptions): number[] {
  const [first, classes = 1, ...more] = shape;
  if (first !== rows || more.length > 0) throw shapeError(shape, options);
  const column = chooseColumn(classes, options);
  return Array.from({ length: rows }, (_, row) => data[row * classes + column]!);
}

function shapeError(shape: readonly (number | string)[], { path }: OutputOptions): RewardModelError {
  return new RewardModelError(
    "bad-model",
    `${path} gives scores of the shape [${shape.join(", ")}]; wanted [rows], [rows, 1] or [rows, classes]: export it as a sequence ` +
      "classifier, or choose another output with the option output",
  );
}
