#!/usr/bin/env node
// How a PPO step's time and memory grow: draws docs/scaling-*.svg and puts the numbers into docs/performance.md, as this kind of processor's.
// node tools/bench/scaling.mjs [--only response,batch,parameters] [--engine policy|int8|onnx|onnx-int8] [--steps N] [--json FILE]
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setUpOrExit } from "../setup/set-up.mjs";
import { buildPackages } from "./build-packages.mjs";
import { warnWhereBusy } from "./busy.mjs";
import { drawCurves } from "./curve-picture.mjs";
import { figuresOf } from "./measure-steps.mjs";
import { processorOf, writePerformancePage } from "./page-tables.mjs";
import { caiSteps, root, runBesideSource } from "./programs.mjs";
import { startSteps } from "./step-process.mjs";
import { markdownTable, textTable } from "./table.mjs";
import { takeTurns } from "./take-turns.mjs";
import { openTicker } from "./ticker.mjs";

const short = { batch: 8, prompt: 16, response: 24, epochs: 4 };

/**
 * GPT-2s between the published sizes, which have names of their own. Small ones have a small vocabulary, as real ones do.
 *
 * @type {readonly { label: string, model?: string, layers: number, hidden: number, vocabulary: number }[]}
 */
const models = [
  { label: "1 M", layers: 8, hidden: 64, vocabulary: 8192 },
  { label: "4 M", layers: 12, hidden: 128, vocabulary: 8192 },
  { label: "12 M", layers: 12, hidden: 256, vocabulary: 8192 },
  { label: "49 M", layers: 14, hidden: 512, vocabulary: 8192 },
  { label: "124 M", layers: 12, hidden: 768, vocabulary: 50257, model: "gpt2" },
  { label: "355 M", layers: 24, hidden: 1024, vocabulary: 50257, model: "gpt2-medium" },
];

/** With learned positions, norms and biases. @param {(typeof models)[number]} model */
const parametersOf = ({ layers, hidden, vocabulary }) => (vocabulary + 1024) * hidden + layers * (12 * hidden + 13) * hidden + 2 * hidden;

/**
 * A curve's points: what differs from point to point, and the flags of its step.
 *
 * @typedef {{ x: number, label: string, setting: import("./work.mjs").Setting, model?: string }} Point
 * @typedef {{ xTitle: string, points: readonly Point[] }} Sweep
 */

/** @param {string} folder for models that have to be made @returns {Record<string, Sweep>} */
function sweeps(folder) {
  return {
    response: {
      xTitle: "tokens a response (GPT-2 small, batch 4, prompt 10)",
      points: [16, 32, 64, 128, 256, 512].map((response) => ({
        x: response,
        label: `${response}`,
        setting: { batch: 4, prompt: 10, response, epochs: 4 },
      })),
    },
    batch: {
      xTitle: "rows a batch (GPT-2 small, prompt 16, response 24)",
      points: [1, 2, 4, 8, 16, 32].map((batch) => ({ x: batch, label: `${batch}`, setting: { ...short, batch } })),
    },
    parameters: {
      xTitle: "parameters (batch 8, prompt 16, response 24)",
      points: models.map((model) => ({
        x: parametersOf(model),
        label: model.label,
        setting: short,
        model: model.model ?? join(folder, model.label.replace(" ", "")),
      })),
    },
  };
}

const text = { type: /** @type {"string"} */ ("string") };
const { values } = parseArgs({ options: { only: text, engine: text, steps: text, json: text } });
const rollout = values.engine ?? "policy";
const steps = Number(values.steps ?? 2);
const ticker = openTicker();
await setUpOrExit();
warnWhereBusy();
ticker.tell("building the packages");
await buildPackages();
const folder = await mkdtemp(join(tmpdir(), "cai-scaling-"));
try {
  const all = sweeps(folder);
  ticker.tell("measuring the machine");
  const processor = processorOf((await runBesideSource("machine.mjs"))[0]);
  const names = values.only?.split(",") ?? Object.keys(all);
  if (names.includes("parameters")) await makeModels();
  /** @type {Record<string, unknown>} */
  const results = {};
  for (const name of names) {
    const sweep = all[name];
    if (sweep === undefined) throw new Error(`--only ${name}: give some of ${Object.keys(all).join(", ")}`);
    results[name] = await measureSweep(name, sweep, processor);
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function makeModels() {
  for (const { label, model, layers, hidden, vocabulary } of models) {
    if (model !== undefined) continue;
    ticker.tell(`writing a GPT-2 of ${label} parameters`);
    await runBesideSource("make-model.mjs", [
      join(folder, label.replace(" ", "")),
      ...[layers, hidden, hidden / 32, vocabulary].map(String),
    ]);
  }
}

/** Measures a sweep, and draws and prints it. @param {string} name @param {Sweep} sweep @param {import("./page-tables.mjs").Processor} processor */
async function measureSweep(name, { xTitle, points }, processor) {
  const measured = [];
  for (const { x, label, setting, model } of points) {
    const program = startSteps(caiSteps({ ...setting, rollout, ...(model !== undefined && { model }), steps }));
    try {
      const [times = []] = await takeTurns([program], {
        steps,
        onStep: (_, round, { totalSeconds }) =>
          ticker.tell(`${name} ${label}: ${round === 0 ? "warm-up" : `step ${round}`}, ${totalSeconds.toFixed(1)} s`),
      });
      measured.push({ x, label, ...figuresOf(times, program.peakBytes()) });
    } finally {
      await program.end();
    }
  }
  const rows = [
    [name, "step, s", "generate, s", "peak GB"],
    ...measured.map(({ label, totalSeconds, generateSeconds, peakBytes }) => [
      label,
      totalSeconds.toFixed(2),
      generateSeconds.toFixed(2),
      (peakBytes / 1e9).toFixed(2),
    ]),
  ];
  const svg = drawCurves({
    x: measured.map(({ x }) => x),
    xLabels: measured.map(({ label }) => label),
    xTitle,
    curves: [
      { name: "a step", unit: "seconds", color: "#2f7d4f", values: measured.map(({ totalSeconds }) => totalSeconds) },
      { name: "peak memory", unit: "GB", color: "#b4552d", values: measured.map(({ peakBytes }) => peakBytes / 1e9) },
    ],
  });
  const picture = `scaling-${name}-${processor.kind}.svg`;
  writeFileSync(join(root, "docs", picture), svg);
  const text = `![Seconds and memory of a step against ${xTitle.replace(/ \(.*/, "")}](${picture})\n\n${markdownTable(rows)}`;
  writePerformancePage({ [`scaling-${name}`]: text }, processor);
  ticker.clear();
  console.log(`${textTable(rows)}\n`);
  return measured;
}
