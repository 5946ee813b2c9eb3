// @ts-check
/** A run's numbers as columns, line by line as they come. */

/** @typedef {{ steps: number[], seconds: number[], columns: Map<string, (number | null)[]> }} RunData `seconds`: of training, since its beginning */

/** @returns {RunData} */
export const emptyRun = () => ({ steps: [], seconds: [], columns: new Map() });

/**
 * Adds whole lines of a `metrics.jsonl`. A number that was not finite stands there as null, and leaves a gap, as one does that a step lacks.
 *
 * @param {RunData} run
 * @param {string} text
 */
export function addLines(run, text) {
  for (const line of text.split("\n")) {
    const values = parse(line);
    if (values === undefined) continue;
    const { step, ...numbers } = values;
    run.seconds.push((run.seconds.at(-1) ?? 0) + (typeof numbers["time/total"] === "number" ? numbers["time/total"] : 0));
    run.steps.push(step);
    for (const name of Object.keys(numbers)) if (!run.columns.has(name)) run.columns.set(name, Array(run.steps.length - 1).fill(null));
    for (const [name, column] of run.columns) column.push(typeof numbers[name] === "number" ? numbers[name] : null);
  }
}

/** @param {string} line @returns {{ step: number, [name: string]: unknown } | undefined} */
function parse(line) {
  try {
    const values = JSON.parse(line);
    return typeof values?.step === "number" ? values : undefined;
  } catch {
    return undefined;
  }
}
