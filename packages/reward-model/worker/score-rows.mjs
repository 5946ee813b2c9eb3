// Plain JavaScript, so that the thread of a module runs it from the source and from the built package alike.

/**
 * What a scorer is asked: a row's other columns stand beside these three.
 *
 * @typedef {{ readonly input: string; readonly output: string; readonly expected?: any; readonly [column: string]: any }} ScorerInput
 */
/** @typedef {number | { readonly score: number | null; readonly name?: string | undefined }} ScorerResult */
/** @typedef {(input: ScorerInput) => ScorerResult | PromiseLike<ScorerResult>} Scorer */

const rowsAtOnce = 16;

/**
 * Whether a module's name says that it exports scorers: `helpful.eval.ts`.
 *
 * @param {string} file
 */
export const isScorerFile = (file) => /\.eval\.[cm]?[jt]s$/.test(file);

/**
 * Calls every scorer for every row, sixteen rows at a time. What they give is unchecked, each's under the name that it gives with the first row,
 * else its function's.
 *
 * @param {readonly Scorer[]} scorers
 * @param {import("@cai/contracts").ScoreRequest} request
 * @returns {Promise<{ readonly parts: Record<string, number[]> }>}
 */
export async function scoreRows(scorers, { prompts, responses, columns = {} }) {
  /** @param {number} row */
  const inputOf = (row) => {
    const others = Object.entries(columns).map(([name, values]) => [name, values[row]]);
    return { ...Object.fromEntries(others), input: prompts[row] ?? "", output: responses[row] ?? "" };
  };
  /** @type {(readonly ScorerResult[])[]} */
  const results = [];
  for (let first = 0; first < prompts.length; first += rowsAtOnce) {
    const rows = Array.from(prompts.slice(first, first + rowsAtOnce), (_, row) => first + row);
    results.push(...(await Promise.all(rows.map((row) => Promise.all(scorers.map((scorer) => ask(scorer, inputOf(row), row)))))));
  }
  const named = scorers.map((scorer, index) => {
    const ownName = scorer.name && scorer.name !== "default" ? scorer.name : `score${index || ""}`;
    const first = results[0]?.[index];
    const name = (typeof first === "object" && first?.name) || ownName;
    const scores = results.map((row) => /** @type {number} */ (scoreOf(row[index])));
    return /** @type {const} */ ([name, scores]);
  });
  const [twice] = named.map(([name]) => name).filter((name, index, all) => all.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two of its scorers are named ${twice}: give each a name of its own`);
  return { parts: Object.fromEntries(named) };
}

/** @param {ScorerResult | undefined} result */
const scoreOf = (result) => (typeof result === "object" && result !== null ? result.score : result);

/**
 * @param {Scorer} scorer
 * @param {ScorerInput} input
 * @param {number} row
 */
async function ask(scorer, input, row) {
  try {
    return await scorer(input);
  } catch (error) {
    const reason = error instanceof Error ? error.message : `it threw ${String(error)}`;
    throw new Error(`${scorer.name || "a scorer"} of response ${row + 1}: ${reason}`, { cause: error });
  }
}
