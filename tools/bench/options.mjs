// @ts-check
import { parseArgs } from "node:util";
import { refusePythonWithout } from "./programs.mjs";
import { engines, settings } from "./settings.mjs";

/** What is made of whole steps: they are measured once for all of it. */
const ofSteps = ["decode", "epoch", "step", "vs-trl", "vs-trl-grpo"];
const sections = ["kernels", ...ofSteps, "vs-transformers"];
const works = settings.map(({ name }) => name);

export const usage = `usage: npm run bench -- [options]
  --only <list>               of ${sections.join(", ")}
  --work <list>               of ${works.join(", ")}
  --engines <list>            of ${engines.join(", ")}: what writes the responses
  --levels                    only this: the kernels at every level of this processor, side by side
  --vs-trl <python>           beside TRL's PPO; its packages: pip install -r tools/bench/baseline/requirements.txt
  --vs-trl-grpo <python>      beside TRL's GRPO; its packages: pip install -r tools/bench/baseline/requirements-grpo.txt
  --trl-dropout <share>       in TRL's training, GRPO's answers too (0.1, as GPT-2 has it; cai has none)
  --vs-transformers <python>  loading and generating beside transformers
  --steps <n>                 steps after the warm-up (5)
  --json <file>               all figures
  --docs                      put the tables into docs/performance.md, as those of this kind of processor`;

const text = { type: /** @type {"string"} */ ("string") };
const flag = { type: /** @type {"boolean"} */ ("boolean") };
const flags = {
  ...{ only: text, work: text, engines: text, levels: flag, steps: text, json: text, docs: flag, help: flag },
  ...{ "vs-trl": text, "vs-trl-grpo": text, "trl-dropout": text, "vs-transformers": text },
};

/**
 * The options of `npm run bench`. Those of a comparison are chosen where a Python for it is given.
 *
 * @param {readonly string[]} args
 * @throws Error that says what was given and what may be
 */
export function readOptions(args) {
  const { values } = parseArgs({ args: [...args], options: flags });
  const pythons = { "vs-trl": values["vs-trl"], "vs-trl-grpo": values["vs-trl-grpo"], "vs-transformers": values["vs-transformers"] };
  const possible = sections.filter((name) => !(name in pythons) || pythons[/** @type {keyof typeof pythons} */ (name)] !== undefined);
  const only = chosen("--only", values.only, possible);
  if (values.levels && (values.docs || values.only !== undefined))
    throw new Error(
      `--levels with ${values.docs ? "--docs" : "--only"}: give one of them; --levels prints a table of its own, which is on no page`,
    );
  const steps = Number(values.steps ?? 5);
  if (!Number.isInteger(steps) || steps < 1) throw new Error(`--steps ${values.steps}: give a whole number from 1`);
  refuseUnfit(pythons);
  return {
    only,
    work: chosen("--work", values.work, works),
    engines: [...chosen("--engines", values.engines, engines)],
    takesSteps: ofSteps.some((name) => only.has(name)),
    /** Whether steps are measured that nothing is compared with too. */
    stepsAlone: ["decode", "epoch", "step"].some((name) => only.has(name)),
    python: only.has("vs-trl") ? pythons["vs-trl"] : undefined,
    grpoPython: only.has("vs-trl-grpo") ? pythons["vs-trl-grpo"] : undefined,
    transformersPython: only.has("vs-transformers") ? pythons["vs-transformers"] : undefined,
    steps,
    dropout: values["trl-dropout"],
    levels: values.levels ?? false,
    json: values.json,
    docs: values.docs ?? false,
    help: values.help ?? false,
  };
}

/** @param {Record<"vs-trl" | "vs-trl-grpo" | "vs-transformers", string | undefined>} pythons */
function refuseUnfit(pythons) {
  if (pythons["vs-trl"] !== undefined) refusePythonWithout(["torch", "trl==0.11.", "peft"], pythons["vs-trl"]);
  if (pythons["vs-trl-grpo"] !== undefined)
    refusePythonWithout(["torch", "trl==1.", "datasets"], pythons["vs-trl-grpo"], "requirements-grpo.txt");
  if (pythons["vs-transformers"] !== undefined) refusePythonWithout(["torch", "transformers", "gguf"], pythons["vs-transformers"]);
}

/** @param {string} option @param {string | undefined} list @param {readonly string[]} possible */
function chosen(option, list, possible) {
  const names = list?.split(",") ?? possible;
  const unknown = names.find((name) => !possible.includes(name));
  if (unknown !== undefined) throw new Error(`${option} ${unknown}: give some of ${possible.join(", ")}`);
  return new Set(names);
}
