// @ts-check
import { formatNumber } from "./format-number.js";

/** @typedef {{ step: number, prompt: string, response: string, score: number | null, parts: string }} Sample `parts`: what the score is made of, for a reader */
/** @typedef {{ by: "step" | "score" | "prompt" | "response", descending: boolean }} Order */

/** The samples among whole lines of a `samples.jsonl` or `evaluation-samples.jsonl`. @param {string} text @returns {Sample[]} */
export function readSamples(text) {
  return text.split("\n").flatMap((line) => {
    try {
      const { step, prompt, response, score, parts } = JSON.parse(line);
      const isSample = typeof step === "number" && typeof prompt === "string" && typeof response === "string";
      return isSample ? [{ step, prompt, response, score: typeof score === "number" ? score : null, parts: describeParts(parts) }] : [];
    } catch {
      return [];
    }
  });
}

/** @param {unknown} parts */
const describeParts = (parts) =>
  Object.entries(parts ?? {})
    .flatMap(([name, value]) => (typeof value === "number" ? [`${name} ${formatNumber(value)}`] : []))
    .join(", ");

/**
 * Those whose prompt or response has the words, in order. Equal ones stay as they were logged.
 *
 * @param {readonly Sample[]} samples
 * @param {string} words
 * @param {Order} order
 */
export function choose(samples, words, { by, descending }) {
  const wanted = words.toLowerCase();
  const found = samples.filter(({ prompt, response }) => `${prompt}\n${response}`.toLowerCase().includes(wanted));
  const sign = descending ? -1 : 1;
  return found.sort((a, b) => sign * compare(a[by] ?? Number.NEGATIVE_INFINITY, b[by] ?? Number.NEGATIVE_INFINITY));
}

/** @param {string | number} a @param {string | number} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
