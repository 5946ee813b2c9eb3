// @ts-check
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getSmollm2 } from "../get-smollm2.mjs";
import { median } from "./median.mjs";
import { readJsonLines, runBesideSource } from "./programs.mjs";
import { takeTurns } from "./take-turns.mjs";
import { shapes } from "./work.mjs";

const newTokens = 64;

/**
 * @typedef {{ loadSeconds: number, firstTokenSeconds: number, peakBytes: number, tokensPerSecond: number, ids: number[] }} Figures medians; the ids of one run
 * @typedef {{ file: string, cai: Figures, transformers: Figures }} Comparison
 */

/**
 * Loads the same file here and in Python's transformers, and continues the same prompt greedily; every run is a process of its own, and
 * they take turns. A first run of each brings the file into the system's cache and does not count.
 *
 * @param {string} python
 * @param {{ steps: number, tell?: (text: string) => void }} options
 * @returns {Promise<Comparison[]>}
 */
export async function compareWithTransformers(python, { steps, tell = () => {} }) {
  const folder = await mkdtemp(join(tmpdir(), "cai-bench-"));
  try {
    tell("writing a GPT-2 of random weights");
    const { layers, hidden, vocabulary } = /** @type {import("./work.mjs").Shape} */ (shapes.gpt2);
    await runBesideSource("make-model.mjs", [folder, ...[layers, hidden, hidden / 64, vocabulary].map(String)]);
    const files = [
      { file: "GPT-2 small, random weights, safetensors F32", path: folder },
      { file: "SmolLM2-135M-Instruct, GGUF Q4_1", path: await getSmollm2({ progress: tell }) },
    ];
    /** @type {Comparison[]} */
    const comparisons = [];
    for (const { file, path } of files)
      comparisons.push({ file, ...(await compareFile(python, path, { steps, tell: (text) => tell(`${file}: ${text}`) })) });
    return comparisons;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} python @param {string} path @param {{ steps: number, tell: (text: string) => void }} options */
async function compareFile(python, path, { steps, tell }) {
  const baseline = fileURLToPath(new URL("baseline/load_and_generate.py", import.meta.url));
  const only = async (/** @type {Promise<any[]>} */ lines) => (await lines)[0];
  const programs = [
    { next: () => only(readJsonLines(python, [baseline, path, `${newTokens}`, `${availableParallelism()}`])) },
    { next: () => only(runBesideSource("load-and-generate.mjs", [path, `${newTokens}`])) },
  ];
  const [theirs = [], ours = []] = await takeTurns(programs, {
    steps,
    onStep: (program, round, { loadSeconds }) =>
      tell(
        `${round === 0 ? "warm-up" : `run ${round} of ${steps}`}, ${["transformers", "cai"][program]} loaded in ${loadSeconds.toFixed(1)} s`,
      ),
  });
  return { cai: mediansOf(ours), transformers: mediansOf(theirs) };
}

/** @param {readonly Figures[]} runs @returns {Figures} */
function mediansOf(runs) {
  const of = (/** @type {(run: Figures) => number} */ figure) => median(runs.map(figure));
  return {
    loadSeconds: of(({ loadSeconds }) => loadSeconds),
    firstTokenSeconds: of(({ firstTokenSeconds }) => firstTokenSeconds),
    peakBytes: of(({ peakBytes }) => peakBytes),
    tokensPerSecond: of(({ tokensPerSecond }) => tokensPerSecond),
    ids: runs[0]?.ids ?? [],
  };
}

/**
 * As rows of text (table.mjs). The peak counts the whole process up to the first token, with the libraries' own memory: transformers only
 * maps a safetensors file while loading, and reads it when it is used.
 *
 * @param {readonly Comparison[]} comparisons
 */
export function transformersRows(comparisons) {
  const rows = comparisons.flatMap(({ file, cai, transformers }) => {
    const row = (/** @type {string} */ name, /** @type {(figures: Figures) => number} */ figure, digits = 2) => [
      name,
      ...[transformers, cai].map((figures) => figure(figures).toFixed(digits)),
      (figure(cai) / figure(transformers)).toFixed(2),
    ];
    return [
      row(`${file}: load, s`, ({ loadSeconds }) => loadSeconds),
      row("  to the first token, loading included, s", ({ firstTokenSeconds }) => firstTokenSeconds),
      row("  peak memory until then, GB", ({ peakBytes }) => peakBytes / 1e9),
      row("  greedy, tokens/s", ({ tokensPerSecond }) => tokensPerSecond, 1),
      ["  the same ids", ...sameIds(transformers.ids, cai.ids)],
    ];
  });
  return [["same file, same prompt", "transformers", "cai", "ratio"], ...rows];
}

/** @param {readonly number[]} theirs @param {readonly number[]} ours */
function sameIds(theirs, ours) {
  const differing = theirs.findIndex((id, i) => id !== ours[i]);
  return ["", differing < 0 ? `all ${theirs.length}` : `first ${differing} of ${theirs.length}`, ""];
}
