import type { SequenceBatch } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import type { NamedCheck } from "../case.ts";
import { type Comparison, compareNumbers, exact, type Tolerance } from "../compare.ts";
import { padded } from "../golden-json.ts";
import { numbersOf } from "../gradient.ts";
import { tolerances } from "../tolerances.ts";
import { type ExpectedPolicy, type Position, sequenceBatch } from "./expected.ts";

/** What of `expected.json` logits are compared with. */
type ExpectedLogits = Pick<ExpectedPolicy, "promptColumns" | "responseColumns" | "inputIds" | "attentionMask" | "logits">;

/** Logits at a position of the golden batch. */
type LogitsAt = (position: Position) => Float32Array;

/**
 * The logits of every token from each text alone, and of those before each response token from the padded batch (a policy gives
 * logits at response columns only).
 */
export function logitsCases(policy: CausalPolicy, expected: ExpectedLogits, tolerance: Tolerance = tolerances.logits): NamedCheck[] {
  const { validPositions } = expected.logits;
  const { promptColumns, responseColumns } = expected;
  const beforeResponse = ([row, column]: Position) => {
    const token = column + 1 - promptColumns;
    return token >= 0 && token < responseColumns && expected.attentionMask[row]![column + 1] === 1;
  };
  const alone = once(() => logitsOfTextsAlone(policy, expected));
  const batch = once(() => logitsOfBatch(policy, sequenceBatch(expected), promptColumns));
  return [
    { name: "whole rows of logits, each text alone", compute: () => compareRows(alone(), expected, tolerance, () => true) },
    {
      name: "logits' mean, mean |x|, log-sum-exp, each text alone",
      compute: () => compareSummaries(alone(), expected, tolerance, () => true),
    },
    { name: "logits' argmax, each text alone", compute: () => compareArgmax(alone(), expected, () => true) },
    ...(expected.logits.rows.some(({ row, column }) => beforeResponse([row, column]))
      ? [{ name: "whole rows of logits, padded batch", compute: () => compareRows(batch(), expected, tolerance, beforeResponse) }]
      : []),
    ...(validPositions.some(beforeResponse)
      ? [
          {
            name: "logits' mean, mean |x|, log-sum-exp, padded batch",
            compute: () => compareSummaries(batch(), expected, tolerance, beforeResponse),
          },
          { name: "logits' argmax, padded batch", compute: () => compareArgmax(batch(), expected, beforeResponse) },
        ]
      : []),
  ];
}

function compareRows(
  logitsAt: LogitsAt,
  { logits }: ExpectedLogits,
  tolerance: Tolerance,
  included: (position: Position) => boolean,
): Comparison[] {
  return logits.rows
    .filter(({ row, column }) => included([row, column]))
    .map(({ row, column, logits: wanted }) => compareNumbers(`logits at [${row}, ${column}]`, logitsAt([row, column]), wanted, tolerance));
}

function compareSummaries(
  logitsAt: LogitsAt,
  { logits }: ExpectedLogits,
  tolerance: Tolerance,
  included: (position: Position) => boolean,
): Comparison[] {
  return logits.validPositions.flatMap((position, i) => {
    if (!included(position)) return [];
    const numbers = logitsAt(position);
    const mean = (of: (x: number) => number) => numbers.reduce((sum, x) => sum + of(x), 0) / numbers.length;
    const max = Math.max(...numbers);
    const computed = {
      mean: mean((x) => x),
      meanAbs: mean(Math.abs),
      logsumexp: max + Math.log(mean((x) => Math.exp(x - max)) * numbers.length),
    };
    return (["mean", "meanAbs", "logsumexp"] as const).map((name) =>
      compareNumbers(`${name} at [${position}]`, computed[name], logits[name][i], tolerance),
    );
  });
}

function compareArgmax(logitsAt: LogitsAt, { logits }: ExpectedLogits, included: (position: Position) => boolean): Comparison[] {
  return logits.validPositions.flatMap((position, i) => {
    if (!included(position)) return [];
    const numbers = logitsAt(position);
    return [compareNumbers(`argmax at [${position}]`, numbers.indexOf(Math.max(...numbers)), logits.argmax[i], exact)];
  });
}

function logitsOfTextsAlone(policy: CausalPolicy, { inputIds, attentionMask }: ExpectedLogits): LogitsAt {
  const rows = inputIds.map((ids, row) => {
    const columns = [...ids.keys()].filter((column) => attentionMask[row]![column] === 1);
    const text = columns.map((column) => ids[column]!);
    // The first token is the prompt; one more token at the end, which is never read, asks for the logits after the last.
    const logits = readLogits(policy, { prompts: padded([text.slice(0, 1)], "left"), responses: padded([[...text.slice(1), 0]], "right") });
    return { columns, logits };
  });
  return ([row, column]) => rows[row]!.logits(0, rows[row]!.columns.indexOf(column));
}

function logitsOfBatch(policy: CausalPolicy, batch: SequenceBatch, promptColumns: number): LogitsAt {
  const logits = readLogits(policy, batch);
  return ([row, column]) => logits(row, column + 1 - promptColumns);
}

/** The logits before response token j of a row. */
export function readLogits(policy: CausalPolicy, batch: SequenceBatch): (row: number, j: number) => Float32Array {
  const all = numbersOf(() => policy.logits(policy.hiddenStates(batch)));
  const { vocabSize } = policy;
  return (row, j) => {
    const start = (row * batch.responses.shape[1] + j) * vocabSize;
    return all.subarray(start, start + vocabSize);
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
