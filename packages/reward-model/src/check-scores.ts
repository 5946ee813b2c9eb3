import { type GivenScores, type ScoreParts, splitScores } from "@cai/contracts";
import { RewardModelError } from "./error.ts";

/**
 * What a reward model gave, as one float32 number a row; refused unless it is exactly that.
 *
 * @param scores An array or typed array of finite numbers, in the order of the rows.
 * @param expected.model What the error calls the reward model.
 * @throws RewardModelError `bad-scores`, naming the model and the first row that is wrong.
 * @example
 * checkScores([0.5, -1], { rows: 2, model: "length" }); // Float32Array [ 0.5, -1 ]
 * checkScores([0.5, NaN], { rows: 2, model: "length" }); // throws: … the score of response 2 of 2 is NaN …
 */
export function checkScores(scores: unknown, { rows, model }: { readonly rows: number; readonly model: string }): Float32Array {
  if (!Array.isArray(scores) && !(ArrayBuffer.isView(scores) && !(scores instanceof DataView))) {
    const given = scores === null ? "null" : typeof scores;
    throw new RewardModelError("bad-scores", `reward model ${model} gave ${given}, wanted an array of ${rows} numbers, one a row`);
  }
  const values = scores as ArrayLike<unknown>;
  if (values.length !== rows) {
    throw new RewardModelError("bad-scores", `reward model ${model} gave ${values.length} scores for ${rows} rows, wanted one a row`);
  }
  const checked = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const value = values[row];
    if (typeof value === "number") checked[row] = value;
    if (typeof value !== "number" || !Number.isFinite(checked[row])) {
      throw new RewardModelError(
        "bad-scores",
        `reward model ${model}: the score of response ${row + 1} of ${rows} is ${described(value)}, wanted a finite number`,
      );
    }
  }
  return checked;
}

/**
 * The same of what may have parts with names: the parts are checked as scores are.
 *
 * @throws RewardModelError `bad-scores`, naming the model, and the part where one is wrong.
 */
export function checkScoreParts(given: unknown, { rows, model }: { readonly rows: number; readonly model: string }): ScoreParts {
  const { scores, parts } = splitScores(given as GivenScores);
  const checked = Object.entries(parts).map(([name, part]) => [name, checkScores(part, { rows, model: `${model} (${name})` })] as const);
  return { scores: checkScores(scores, { rows, model }), parts: Object.fromEntries(checked) };
}

/** What JSON has no form for (it holds itself, or a bigint) is shown by its names. */
function asJson(value: unknown): string {
  try {
    const text = JSON.stringify(value);
    if (text !== undefined) return text;
  } catch {}
  return `{ ${Object.keys(value as object).join(", ")} }`;
}

/** Numbers as they are; anything else with its kind, so that it isn't taken for a number. */
function described(value: unknown): string {
  if (typeof value === "string") return `the text ${shortened(value)}`;
  if (typeof value === "bigint") return `the bigint ${value}`;
  if (typeof value === "boolean") return `the boolean ${value}`;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `the list ${shortened(Array.from(value as ArrayLike<unknown>))}`;
  if (typeof value === "object" && value !== null) return `the object ${shortened(value)}`;
  return String(value);
}

function shortened(value: unknown): string {
  const text = asJson(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
