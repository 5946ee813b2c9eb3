import { type OptionTable, refuseUnknownOptions, runOptions, TrainingError } from "@cai/training";
import { type GroupSettings, resolveGroupOptions } from "./grpo-options.ts";
import type { OnPolicyPartsGiven } from "./on-policy-parts.ts";
import type { OnPolicyRunOptions } from "./on-policy-trainer.ts";
import { defaultsForContext, refuseLongResponses } from "./options-of-parts.ts";
import { type Hyperparameters, hyperparameterTable, resolveHyperparameters } from "./ppo-options.ts";
import type { PPOTrainerOptions } from "./ppo-parts.ts";

/** What a part is told by, and what to pass. */
interface PartSpec {
  readonly methods: readonly string[];
  readonly expected: string;
  readonly required?: boolean;
}

const commonParts: Readonly<Record<keyof OnPolicyPartsGiven, PartSpec>> = {
  policy: {
    methods: ["hiddenStates", "tokenLogprobs", "createReference", "parameters.values"],
    expected: "a policy that can be trained, as loadPolicy of @cai/policy resolves to",
    required: true,
  },
  rewardModel: { methods: ["score"], expected: "a function that scores responses, or an object with such a score method", required: true },
  generator: { methods: ["generate"], expected: "an object with a generate method" },
  reference: { methods: ["logprobs"], expected: "an object with a logprobs method, as policy.createReference() makes" },
};
const { reference, ...partsBeforeReference } = commonParts;
const ppoParts: Readonly<Record<string, PartSpec>> = {
  ...partsBeforeReference,
  valueModel: { methods: ["values", "parameters.values"], expected: "a value model, as sharedTrunkValueModel of @cai/value-head makes" },
  reference,
};

const callbackNames = Object.keys({
  onRollout: true,
  onStep: true,
  onEvaluation: true,
  onCheckpoint: true,
  onNotice: true,
} satisfies Record<keyof NonNullable<OnPolicyRunOptions<never>["callbacks"]>, true>);
const runOptionNames = Object.keys({
  steps: true,
  out: true,
  resume: true,
  signal: true,
  evaluationPrompts: true,
  callbacks: true,
  config: true,
} satisfies Record<keyof OnPolicyRunOptions<never>, true>);

/**
 * The hyperparameters of a PPO trainer that is made of these options.
 *
 * @throws TrainingError `invalid-option` for a name that is none, a part that is missing or something else, and a hyperparameter that is
 * out of bounds, contradicts another one, or doesn't fit the policy.
 */
export function checkPpoOptions(options: PPOTrainerOptions): Hyperparameters {
  const given = checkParts(options, ppoParts, Object.keys(hyperparameterTable)) as Partial<Hyperparameters>;
  // A value model that is given shares the policy's optimizer, as in TRL.
  const shared = options.valueModel !== undefined && { valueLearningRate: 0 };
  const resolved = resolveHyperparameters({ ...defaultsForContext(options.policy), ...shared, ...given });
  refuseLongResponses(options.policy, resolved);
  return resolved;
}

/** The same of a trainer that compares the answers to one prompt. */
export function checkGroupOptions<Settings extends GroupSettings>(
  options: OnPolicyPartsGiven & Partial<Settings>,
  table: OptionTable<Settings>,
): Settings {
  const given = checkParts(options, commonParts, Object.keys(table)) as Partial<Settings>;
  const resolved = resolveGroupOptions(table, { ...defaultsForContext(options.policy), ...given });
  refuseLongResponses(options.policy, resolved);
  return resolved;
}

/** Checks the parts among the options, and gives the others. */
function checkParts(options: OnPolicyPartsGiven, parts: Readonly<Record<string, PartSpec>>, names: readonly string[]): object {
  if (typeof options !== "object" || options === null)
    throw new TrainingError("invalid-option", `the options are ${described(options)}; expected an object with policy and rewardModel`);
  const ofRuns = [...runOptionNames, ...callbackNames].filter((name) => !Object.hasOwn(runOptions, name));
  refuseUnknownOptions(options, [...Object.keys(parts), ...names], { "train and steps": ofRuns });
  for (const [name, spec] of Object.entries(parts)) refuseOtherPart(name, options[name as keyof OnPolicyPartsGiven], spec);
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => value !== undefined && names.includes(name)));
}

function refuseOtherPart(name: string, part: unknown, { methods, expected, required }: PartSpec): void {
  if (part === undefined && !required) return;
  const at = (path: string) => path.split(".").reduce((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], part);
  const has = (path: string) => typeof at(path) === "function";
  if (methods.every(has) || (name === "rewardModel" && typeof part === "function")) return;
  const given = part === undefined ? "is missing" : `is ${described(part)}`;
  throw new TrainingError("invalid-option", `${name} ${given}; expected ${expected}`);
}

/**
 * Checks how `train` and `steps` are to run.
 *
 * @param names options of the trainer, which belong elsewhere.
 * @throws TrainingError `invalid-option`.
 */
export function checkRunOptions(options: OnPolicyRunOptions<never>, names: readonly string[]): void {
  const { out, resume, callbacks = {}, config } = options;
  const refuse = (message: string) => {
    throw new TrainingError("invalid-option", message);
  };
  const ofTrainer = [...Object.keys(ppoParts), ...names].filter((name) => !runOptionNames.includes(name));
  refuseUnknownOptions(options, runOptionNames, { create: ofTrainer, callbacks: callbackNames });
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
