// @ts-check
import { execFile, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const cai = join(root, "packages/cli/bin/cai.mjs");

/**
 * `cai bench step`, to be given the word for each step.
 *
 * @param {import("./work.mjs").Setting & { model?: string, rollout?: string, steps: number }} options
 */
export function caiSteps({ model = "gpt2", rollout = "policy", steps, ...setting }) {
  return {
    command: process.execPath,
    args: [cai, "bench", "step", "--model", model, "--rollout", rollout, ...shared(setting, steps), "--json"],
    cwd: root,
  };
}

/**
 * The same step in TRL, with as many threads as there are cores.
 *
 * @param {string} python
 * @param {import("./work.mjs").Setting & { dropout?: string | undefined, steps: number }} options
 */
export function trlSteps(python, { dropout, steps, ...setting }) {
  const program = fileURLToPath(new URL("baseline/trl_step.py", import.meta.url));
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
  };
}

/** The flags that both programs share; the first step is warm-up. @param {import("./work.mjs").Setting} setting @param {number} steps */
function shared({ batch, prompt, response, epochs, lora }, steps) {
  const numbers = { batch, prompt, response, epochs, steps: steps + 1, ...(lora !== undefined && { lora }) };
  return [...Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, `${value}`]), "--paced"];
}

/**
 * @param {readonly string[]} packages @param {string} python
 * @throws Error where that Python lacks one of the packages
 */
export function refusePythonWithout(packages, python) {
  const script = "import importlib.util, sys; print(*[name for name in sys.argv[1:] if importlib.util.find_spec(name) is None])";
  const { stdout, error } = spawnSync(python, ["-c", script, ...packages], { encoding: "utf8" });
  if (error) throw new Error(`${python} does not run: ${error.message}`);
  if (stdout.trim() !== "")
    throw new Error(`${python} has no ${stdout.trim()}: ${python} -m pip install -r tools/bench/baseline/requirements.txt`);
}

/**
 * Runs a program of this folder that imports packages of the repository from their source, and reads the JSON lines that it prints.
 *
 * @param {string} name @param {readonly string[]} [args]
 * @returns {Promise<any[]>}
 */
export async function runBesideSource(name, args = []) {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const program = fileURLToPath(new URL(name, import.meta.url));
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "1", TSX_TSCONFIG_PATH: join(root, "tsconfig.json") };
  return readJsonLines(process.execPath, ["--conditions=@cai/source", "--import", tsx, program, ...args], env);
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
