// @ts-check
import { execFile, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const [cai, grpoStep] = ["../built-cai.mjs", "grpo-step.mjs"].map((name) => fileURLToPath(new URL(name, import.meta.url)));

/**
 * `cai bench step`, or the same for GRPO, to be given the word for each step. From the built packages.
 *
 * @param {import("./work.mjs").Setting & { model?: string, rollout?: string, steps: number }} options
 */
export function caiSteps({ model = "gpt2", rollout = "policy", steps, ...setting }) {
  const flags = ["--model", model, "--rollout", rollout, ...shared(setting, steps)];
  const args = setting.answers === undefined ? [`${cai}`, "bench", "step", ...flags, "--json"] : [`${grpoStep}`, ...flags];
  return { command: process.execPath, args, cwd: root, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "1" } };
}

/**
 * The same step in TRL, with as many threads as there are cores.
 *
 * @param {string} python
 * @param {import("./work.mjs").Setting & { dropout?: string | undefined, steps: number }} options
 */
export function trlSteps(python, { dropout, steps, ...setting }) {
  const name = setting.answers === undefined ? "trl_step.py" : "grpo_step.py";
  const program = fileURLToPath(new URL(`baseline/${name}`, import.meta.url));
  return {
    command: python,
    args: [
      program,
      "--threads",
      `${availableParallelism()}`,
      ...(dropout === undefined ? [] : ["--dropout", dropout]),
      ...shared(setting, steps),
    ],
    cwd: root,
    env: process.env,
  };
}

/** The flags that both programs share; the first step is warm-up. @param {import("./work.mjs").Setting} setting @param {number} steps */
function shared({ batch, prompt, response, epochs, answers, lora }, steps) {
  const further = { ...(answers !== undefined && { answers }), ...(lora !== undefined && { lora }) };
  const numbers = { batch, prompt, response, epochs, steps: steps + 1, ...further };
  return [...Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, `${value}`]), "--paced"];
}

/** Says which of `name` or `name==beginning of its version` a Python lacks. */
const lacking = `
import sys
from importlib.metadata import PackageNotFoundError, version
for name, _, wanted in (needed.partition("==") for needed in sys.argv[1:]):
    try:
        found = version(name)
        if not found.startswith(wanted): print(f"{name} {wanted}x (it has {found})")
    except PackageNotFoundError: print(name)`;

/**
 * @param {readonly string[]} packages by name, or as `name==beginning of its version`
 * @param {string} python
 * @param {string} [requirements] the file of tools/bench/baseline that brings them
 * @throws Error where that Python lacks one of the packages
 */
export function refusePythonWithout(packages, python, requirements = "requirements.txt") {
  const { stdout, stderr, status, error } = spawnSync(python, ["-c", lacking, ...packages], { encoding: "utf8" });
  if (error || status !== 0) throw new Error(`${python} does not run: ${error?.message ?? stderr.trim()}`);
  const lacks = stdout.trim().split("\n").join(", ");
  if (lacks !== "") throw new Error(`${python} has no ${lacks}: ${python} -m pip install -r tools/bench/baseline/${requirements}`);
}

/**
 * A program of this folder that imports packages of the repository from their source.
 *
 * @param {string} name @param {readonly string[]} args
 */
export function besideSource(name, args) {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const program = fileURLToPath(new URL(name, import.meta.url));
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "1", TSX_TSCONFIG_PATH: join(root, "tsconfig.json") };
  return { command: process.execPath, args: ["--conditions=@cai/source", "--import", tsx, program, ...args], cwd: root, env };
}

/**
 * Runs such a program to its end, and reads the JSON lines that it prints.
 *
 * @param {string} name @param {readonly string[]} [args]
 * @returns {Promise<any[]>}
 */
export async function runBesideSource(name, args = []) {
  const { command, args: all, env } = besideSource(name, args);
  return readJsonLines(command, all, env);
}

/**
 * Runs a program to its end and reads the JSON lines among what it prints.
 *
 * @param {string} command @param {readonly string[]} args @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<any[]>}
 */
export async function readJsonLines(command, args, env = process.env) {
  const { stdout } = await promisify(execFile)(command, [...args], { cwd: root, env, maxBuffer: 1e8 });
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}
