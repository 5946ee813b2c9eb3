#!/usr/bin/env node
// npm run bench: what this machine can do, and how near the kernels, decoding, an epoch and the whole step come to it; beside TRL and
// transformers where a Python with them is given. Or the kernels' levels side by side.
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { npmReason, runNpm } from "../../packages/backend/src/native/npm.mjs";
import { setUpOrExit } from "../setup/set-up.mjs";
import { buildPackages } from "./build-packages.mjs";
import { warnWhereBusy } from "./busy.mjs";
import { compareWithTransformers, transformersRows } from "./compare-with-transformers.mjs";
import { levelRows, measureLevels } from "./measure-levels.mjs";
import { measureSteps } from "./measure-steps.mjs";
import { readOptions, usage } from "./options.mjs";
import { processorOf, writePerformancePage } from "./page-tables.mjs";
import { runBesideSource } from "./programs.mjs";
import { decodeRows, describeMachine, epochRows, kernelRows, stepRows, trlRows } from "./reports.mjs";
import { describeSetting, sameWork, sameWorkOfGrpo, settings } from "./settings.mjs";
import { markdownTable, textTable } from "./table.mjs";
import { openTicker } from "./ticker.mjs";

const options = optionsOrExit();
await setUpOrExit();
await bringBenchmarkRunner();
const ticker = openTicker();
warnWhereBusy();
if (options.takesSteps) await build();
/** @type {Record<string, string>} */
const texts = {};
/** @type {any} */
const results = { startedAt: new Date().toISOString() };

if (options.levels) {
  results.levels = await measureLevels({ tell: ticker.tell }).catch((error) => end(error.message, 1));
  show({ levels: ["GPT-2 small's kernels at each level, one call each", levelRows(results.levels)] });
  keepResults();
  process.exit();
}

ticker.tell("measuring the machine");
const [machine] = await runBesideSource("machine.mjs");
results.machine = machine;
texts.machine = describeMachine(machine);
say(`${machine.cpu}, ${texts.machine}`);

if (options.only.has("kernels")) {
  ticker.tell("kernels");
  results.kernels = await runBesideSource("kernels.mjs");
  show({ kernels: ["GPT-2 small's kernels, one call each, beside the machine's bound", kernelRows(results.kernels, machine)] });
}
if (options.takesSteps) {
  const { engines, steps, dropout, python, grpoPython } = options;
  /** @type {import("./measure-steps.mjs").Measurement[]} */
  const measured = [];
  for (const setting of settings.filter(({ name }) => options.work.has(name))) {
    const baseline = isGrpo({ setting }) ? grpoPython : python;
    if (options.stepsAlone || baseline !== undefined)
      measured.push(await measureSteps(setting, { engines, python: baseline, dropout, steps, tell: ticker.tell }));
  }
  results.steps = measured;
  const beside = measured.filter(({ trl }) => trl !== undefined);
  const [ppo, grpo] = [beside.filter((each) => !isGrpo(each)), beside.filter(isGrpo)];
  const tables = {
    ...(options.only.has("decode") && { decode: ["Generation", decodeRows(measured, machine)] }),
    ...(options.only.has("epoch") && { epoch: ["A training epoch", epochRows(measured, machine)] }),
    ...(options.only.has("step") && { steps: ["Whole steps, each in a process of its own", stepRows(measured, machine)] }),
    ...(ppo.length > 0 && { "vs-trl": ["Beside TRL on PyTorch, taking turns", trlRows(ppo, machine)] }),
    ...(grpo.length > 0 && { "vs-trl-grpo": ["GRPO beside TRL on PyTorch, taking turns", trlRows(grpo, machine)] }),
  };
  show(tables);
  say(measured.map(({ setting }) => `${setting.title}: ${describeSetting(setting)}`).join("\n"));
  if (ppo.length > 0) say(sameWork);
  if (grpo.length > 0) say(sameWorkOfGrpo);
}
if (options.transformersPython !== undefined) {
  results.transformers = await compareWithTransformers(options.transformersPython, { steps: options.steps, tell: ticker.tell });
  show({ "vs-transformers": ["Loading and generating beside transformers", transformersRows(results.transformers)] });
}
keepResults();
if (options.docs) writePerformancePage(texts, processorOf(machine));

/** @param {{ setting: import("./settings.mjs").NamedSetting }} measured */
function isGrpo({ setting }) {
  return setting.answers !== undefined;
}

function keepResults() {
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
}

/** Says something below the ticker. @param {string} text */
function say(text) {
  ticker.clear();
  console.log(`${text}\n`);
}

/** Prints tables under their titles, and keeps them for the page. @param {Record<string, any>} tables by the page's place */
function show(tables) {
  for (const [place, [title, rows]] of Object.entries(tables)) {
    texts[place] = markdownTable(rows);
    say(`${title}\n\n${textTable(rows)}`);
  }
}

function optionsOrExit() {
  try {
    const options = readOptions(process.argv.slice(2));
    return options.help ? end(usage, 0) : options;
  } catch (error) {
    return end(`${/** @type {Error} */ (error).message}\n${usage}`, 2);
  }
}

/** @param {string} text @param {number} code @returns {never} */
function end(text, code) {
  (code === 0 ? console.log : console.error)(text);
  process.exit(code);
}

async function build() {
  ticker.tell("building the packages");
  await buildPackages().catch((error) => end(error.message, 1));
}

/** The benchmark runner is a package of this folder's own, outside the root install. */
async function bringBenchmarkRunner() {
  const here = fileURLToPath(new URL(".", import.meta.url));
  if (existsSync(`${here}node_modules/tinybench`)) return;
  const result = await runNpm(["ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: here });
  if (!result.ok) end(`npm ci failed in tools/bench: ${npmReason(result.stderr)}`, 1);
}
