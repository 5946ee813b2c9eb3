#!/usr/bin/env node
// npm run bench: what this machine can do, and how near the kernels, decoding, an epoch and the whole step come to it; beside TRL and
// transformers where a Python with them is given.
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { npmReason, runNpm } from "../../packages/backend/src/native/npm.mjs";
import { setUpOrExit } from "../setup/set-up.mjs";
import { warnWhereBusy } from "./busy.mjs";
import { compareWithTransformers, transformersRows } from "./compare-with-transformers.mjs";
import { measureSteps } from "./measure-steps.mjs";
import { writePerformancePage } from "./page-tables.mjs";
import { refusePythonWithout, runBesideSource } from "./programs.mjs";
import { decodeRows, describeMachine, epochRows, kernelRows, stepRows, trlRows } from "./reports.mjs";
import { engines as allEngines, describeSetting, sameWork, settings } from "./settings.mjs";
import { markdownTable, textTable } from "./table.mjs";
import { openTicker } from "./ticker.mjs";

const sections = ["kernels", "decode", "epoch", "step", "vs-trl", "vs-transformers"];
const usage = `usage: npm run bench -- [options]
  --only <list>               of ${sections.join(", ")}
  --work <list>               of ${settings.map(({ name }) => name).join(", ")}
  --engines <list>            of ${allEngines.join(", ")}: what writes the responses
  --vs-trl <python>           beside TRL; its packages: pip install -r tools/bench/baseline/requirements.txt
  --trl-dropout <share>       in TRL's training (0.1, as GPT-2 has it; cai has none)
  --vs-transformers <python>  loading and generating beside transformers
  --steps <n>                 steps after the warm-up (5)
  --json <file>               all figures
  --docs                      put the tables into docs/performance.md`;

const options = readOptions();
await setUpOrExit();
await bringBenchmarkRunner();
const ticker = openTicker();
warnWhereBusy();
/** @type {Record<string, string>} */
const texts = {};
/** @type {any} */
const results = { startedAt: new Date().toISOString() };

ticker.tell("measuring the machine");
const [machine] = await runBesideSource("machine.mjs");
results.machine = machine;
texts.machine = describeMachine(machine);
say(texts.machine);

if (options.only.has("kernels")) {
  ticker.tell("kernels");
  results.kernels = await runBesideSource("kernels.mjs");
  show({ kernels: ["GPT-2 small's kernels, one call each, beside the machine's bound", kernelRows(results.kernels, machine)] });
}
if (["decode", "epoch", "step", "vs-trl"].some((section) => options.only.has(section))) {
  const python = options.only.has("vs-trl") ? options.vsTrl : undefined;
  results.steps = [];
  const { engines, steps, dropout } = options;
  for (const setting of settings.filter(({ name }) => options.work.has(name)))
    results.steps.push(await measureSteps(setting, { engines, python, dropout, steps, tell: ticker.tell }));
  const tables = {
    ...(options.only.has("decode") && { decode: ["Generation", decodeRows(results.steps, machine)] }),
    ...(options.only.has("epoch") && { epoch: ["A training epoch", epochRows(results.steps, machine)] }),
    ...(options.only.has("step") && { steps: ["Whole PPO steps, each in a process of its own", stepRows(results.steps, machine)] }),
    ...(python !== undefined && { "vs-trl": ["Beside TRL on PyTorch, taking turns", trlRows(results.steps)] }),
  };
  show(tables);
  say(results.steps.map(({ setting }) => `${setting.title}: ${describeSetting(setting)}`).join("\n"));
  if (python !== undefined) say(sameWork);
}
if (options.only.has("vs-transformers")) {
  results.transformers = await compareWithTransformers(options.vsTransformers, { steps: options.steps, tell: ticker.tell });
  show({ "vs-transformers": ["Loading and generating beside transformers", transformersRows(results.transformers)] });
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
if (options.docs) writePerformancePage(texts);

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

function readOptions() {
  try {
    const text = { type: /** @type {"string"} */ ("string") };
    const flag = { type: /** @type {"boolean"} */ ("boolean") };
    const { values } = parseArgs({
      options: {
        only: text,
        work: text,
        engines: text,
        "vs-trl": text,
        "trl-dropout": text,
        "vs-transformers": text,
        steps: text,
        json: text,
        docs: flag,
        help: flag,
      },
    });
    if (values.help) end(usage, 0);
    const given = { vsTrl: values["vs-trl"], vsTransformers: values["vs-transformers"] };
    const possible = sections.filter((name) => (name !== "vs-trl" || given.vsTrl) && (name !== "vs-transformers" || given.vsTransformers));
    if (given.vsTrl !== undefined) refusePythonWithout(["torch", "trl", "peft"], given.vsTrl);
    if (given.vsTransformers !== undefined) refusePythonWithout(["torch", "transformers", "gguf"], given.vsTransformers);
    const steps = Number(values.steps ?? 5);
    if (!Number.isInteger(steps) || steps < 1) throw new Error(`--steps ${values.steps}: give a whole number from 1`);
    return {
      ...given,
      only: chosen("--only", values.only, possible),
      work: chosen(
        "--work",
        values.work,
        settings.map(({ name }) => name),
      ),
      engines: [...chosen("--engines", values.engines, allEngines)],
      steps,
      dropout: values["trl-dropout"],
      json: values.json,
      docs: values.docs,
    };
  } catch (error) {
    return end(`${/** @type {Error} */ (error).message}\n${usage}`, 2);
  }
}

/** @param {string} option @param {string | undefined} list @param {readonly string[]} possible */
function chosen(option, list, possible) {
  const names = list?.split(",") ?? possible;
  const unknown = names.find((name) => !possible.includes(name));
  if (unknown !== undefined) throw new Error(`${option} ${unknown}: give some of ${possible.join(", ")}`);
  return new Set(names);
}

/** @param {string} text @param {number} code @returns {never} */
function end(text, code) {
  (code === 0 ? console.log : console.error)(text);
  process.exit(code);
}

/** The benchmark runner is a package of this folder's own, outside the root install. */
async function bringBenchmarkRunner() {
  const here = fileURLToPath(new URL(".", import.meta.url));
  if (existsSync(`${here}node_modules/tinybench`)) return;
  const result = await runNpm(["ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: here });
  if (!result.ok) end(`npm ci failed in tools/bench: ${npmReason(result.stderr)}`, 1);
}
