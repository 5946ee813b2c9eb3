import { TrainerError } from "./error.ts";
import { type Hyperparameters, hyperparameterTable } from "./hyperparameters.ts";
import { defaultsForParts, refuseLongResponses } from "./options-of-parts.ts";
import type { PPOTrainerOptions, RunCallbacks, RunOptions } from "./ppo-trainer-options.ts";
import { refuseUnknownOptions } from "./refuse-unknown-options.ts";
import { resolveHyperparameters } from "./resolve-hyperparameters.ts";

type PartName = Exclude<keyof PPOTrainerOptions, keyof Hyperparameters>;

/** What a part is told by, and what to pass. */
const parts: Readonly<Record<PartName, { readonly methods: readonly string[]; readonly expected: string; readonly required?: boolean }>> = {
  policy: {
    methods: ["hiddenStates", "tokenLogprobs", "createReference", "parameters.values"],
    expected: "a policy that can be trained, as loadPolicy of @cai/policy resolves to",
    required: true,
  },
  rewardModel: { methods: ["score"], expected: "a function that scores responses, or an object with such a score method", required: true },
  generator: { methods: ["generate"], expected: "an object with a generate method" },
  valueModel: { methods: ["values", "parameters.values"], expected: "a value model, as sharedTrunkValueModel of @cai/value-head makes" },
  reference: { methods: ["logprobs"], expected: "an object with a logprobs method, as policy.createReference() makes" },
};
const partNames = Object.keys(parts);
const hyperparameterNames = Object.keys(hyperparameterTable);

const callbackNames = Object.keys({
  onRollout: true,
  onStep: true,
  onEvaluation: true,
  onCheckpoint: true,
} satisfies Record<keyof RunCallbacks, true>);
const runOptionNames = Object.keys({
  steps: true,
  out: true,
  resume: true,
  signal: true,
  evaluationPrompts: true,
  progress: true,
  callbacks: true,
  config: true,
} satisfies Record<keyof RunOptions, true>);

/**
 * The hyperparameters of a trainer that is made of these options.
 *
 * @throws TrainerError `invalid-option` for a name that is none, a part that is missing or something else, and a hyperparameter that is
 * out of bounds, contradicts another one, or doesn't fit the policy.
 */
export function resolveOptions(options: PPOTrainerOptions): Hyperparameters {
  if (typeof options !== "object" || options === null)
    throw new TrainerError("invalid-option", `the options are ${described(options)}; expected an object with policy and rewardModel`);
  refuseUnknownOptions(options, [...partNames, ...hyperparameterNames], { "train and steps": [...runOptionNames, ...callbackNames] });
  for (const name of partNames as PartName[]) refuseOtherPart(name, options[name]);
  const given = Object.entries(options).filter(([name, value]) => value !== undefined && hyperparameterNames.includes(name));
  const resolved = resolveHyperparameters({ ...defaultsForParts(options), ...Object.fromEntries(given) });
  refuseLongResponses(options.policy, resolved);
  return resolved;
}

function refuseOtherPart(name: PartName, part: unknown): void {
  const { methods, expected, required } = parts[name];
  if (part === undefined && !required) return;
  const at = (path: string) => path.split(".").reduce((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], part);
  const has = (path: string) => typeof at(path) === "function";
  if (methods.every(has) || (name === "rewardModel" && typeof part === "function")) return;
  const given = part === undefined ? "is missing" : `is ${described(part)}`;
  throw new TrainerError("invalid-option", `${name} ${given}; expected ${expected}`);
}

/**
 * Checks how `train` and `steps` are to run.
 *
 * @throws TrainerError `invalid-option`.
 */
export function checkRunOptions(options: RunOptions): void {
  const { out, resume, callbacks = {}, config } = options;
  const refuse = (message: string) => {
    throw new TrainerError("invalid-option", message);
  };
  refuseUnknownOptions(options, runOptionNames, { "PPOTrainer.create": [...partNames, ...hyperparameterNames], callbacks: callbackNames });
  refuseUnknownOptions(callbacks, callbackNames);
  for (const [name, callback] of Object.entries(callbacks))
    if (callback !== undefined && typeof callback !== "function") refuse(`${name} is ${described(callback)}; expected a function`);
  if (out !== undefined && (typeof out !== "string" || out === "")) refuse(`out is ${described(out)}; expected the path of a folder`);
  if (resume && out === undefined) refuse("resume wants out, the folder of the run to go on with");
  try {
    JSON.stringify(config);
  } catch (cause) {
    refuse(`config can't be kept as JSON: ${(cause as Error).message}`);
  }
}

function described(value: unknown): string {
  if (value instanceof Promise) return "a promise, which wants an await";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return typeof value === "function" ? "a function" : String(value);
  return `an object with ${Object.keys(value).slice(0, 5).join(", ") || "nothing"}`;
}
