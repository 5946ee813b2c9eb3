import type { InferenceSession } from "onnxruntime-node";
import { RewardModelError } from "./error.ts";
import { type ScoreKind, scoreOfLogits } from "./score-of-logits.ts";
import type { RunResult } from "./session-thread.ts";

const usualNames = ["logits", "score", "scores"];
const floatTypes = ["float32", "float64", "float16", "bfloat16"];

/** What picks the score out of a model's outputs. */
export interface OutputOptions {
  readonly output: string | undefined;
  readonly label: string | number | undefined;
  readonly labels: readonly (string | undefined)[] | undefined;
  readonly score: ScoreKind;
  /** Labels don't exclude one another. */
  readonly independent: boolean;
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
  const floats = outputs.filter((value) => value.isTensor).filter(({ type }) => floatTypes.includes(type));
  const usual = usualNames.flatMap((name) => floats.filter((value) => value.name === name));
  const candidates = output === undefined ? (usual.length > 0 ? usual.slice(0, 1) : floats) : floats.filter(({ name }) => name === output);
  if (candidates.length === 1) {
    const { name, shape } = candidates[0]!;
    if (shape.length > 2) throw shapeError(shape, options);
    if (typeof shape[1] === "number" && shape[1] > 0) chooseLabel(shape[1], options);
    return name;
  }
  const list = outputs.map((value) => (value.isTensor ? `${value.name} (${value.type} [${value.shape}])` : value.name)).join(", ");
  const wanted = output === undefined ? `one output of floats, or one named ${usualNames.join(", ")}` : `one of floats named ${output}`;
  throw new RewardModelError("bad-model", `${path} gives ${list}; wanted ${wanted}: choose one with the option output`);
}

/**
 * The column of the label that the score is about. Text that names no label may be an index: a command line knows text only.
 *
 * @throws RewardModelError `bad-options` where several classes are given and `label` doesn't name one.
 */
function chooseLabel(classes: number, { label, labels = [], path }: OutputOptions): number {
  if (label === undefined && classes === 1) return 0;
  const named = typeof label === "string" ? labels.indexOf(label) : -1;
  const index = typeof label === "string" && /^\d+$/.test(label) ? Number(label) : label;
  const column = named >= 0 ? named : index;
  if (typeof column === "number" && Number.isInteger(column) && column >= 0 && column < classes) return column;
  const known = Array.from({ length: classes }, (_, index) => (labels[index] === undefined ? `${index}` : `${index} (${labels[index]})`));
  throw new RewardModelError(
    "bad-options",
    `${path} gives ${classes} ${classes === 1 ? "number" : "numbers"} a row${label === undefined ? "" : ` and none is ${JSON.stringify(label)}`}: ` +
      `choose one by index or name with the option label: ${known.join(", ")}`,
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
  const label = chooseLabel(classes, options);
  const { score: kind, independent } = options;
  return Array.from({ length: rows }, (_, row) => {
    const logits = Array.from({ length: classes }, (_, index) => data[row * classes + index]!);
    return scoreOfLogits(logits, { label, kind, independent });
  });
}

function shapeError(shape: readonly (number | string)[], { path }: OutputOptions): RewardModelError {
  return new RewardModelError(
    "bad-model",
    `${path} gives scores of the shape [${shape.join(", ")}]; wanted [rows], [rows, 1] or [rows, classes]: export it as a sequence ` +
      "classifier, or choose another output with the option output",
  );
}
