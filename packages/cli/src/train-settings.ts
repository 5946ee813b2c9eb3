import { readFile } from "node:fs/promises";
import { describeUnknownOption } from "@cai/contracts";
import { type Hyperparameters, hyperparameterTable, resolveHyperparameters } from "@cai/trainer";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { type LoraFlags, type LoraSettings, loraNames, resolveLora } from "./lora-settings.ts";
import { checkRecompute } from "./recompute-flag.ts";
import { checkRolloutEngine, type RolloutEngine } from "./rollout-engine.ts";

/** Everything that `cai train` has to know. */
export interface TrainSettings {
  readonly policy: string;
  readonly reward: string;
  readonly prompts: string;
  readonly evalPrompts: string | undefined;
  readonly out: string;
  /** The adapter that is trained instead of the policy's own weights. */
  readonly lora: LoraSettings | undefined;
  /** What writes the responses. */
  readonly rollout: RolloutEngine;
  /** Blocks are computed again in the backward pass. */
  readonly recompute: boolean;
  readonly hyperparameters: Hyperparameters;
  /** Nobody set `maxNewTokens`: it may follow the policy's context. */
  readonly freeResponseLength: boolean;
}

const names = ["policy", "reward", "prompts", "evalPrompts", "out"] as const;
const required = ["policy", "reward", "prompts", "out"] as const;
/** With held-out prompts and no word on how often. */
const defaultEvaluateEvery = 10;

/**
 * Flags over the configuration file over the defaults. A run's own `config.json` is such a file too.
 *
 * @throws CliError `usage` for what is missing, unknown or out of bounds
 */
export async function resolveTrainSettings(flags: Readonly<Record<string, unknown>>): Promise<TrainSettings> {
  const configFile = flags.config as string | undefined;
  const given: Record<string, unknown> = configFile === undefined ? {} : await readConfig(configFile);
  for (const [name, value] of Object.entries(flags)) {
    if (value !== undefined && known.includes(name)) given[name] = value;
  }
  for (const name of names) {
    const value = given[name];
    if (value !== undefined && typeof value !== "string")
      throw new CliError("usage", `${configFile}: "${name}" is no text: give a path or a name`);
  }
  const missing = required.filter((name) => given[name] === undefined);
  if (missing.length > 0) {
    const flagNames = missing.map((name) => `--${name}`).join(", ");
    throw new CliError(
      "usage",
      `cai train needs ${flagNames}: give ${missing.length === 1 ? "it" : "them"} as flags or in the file of --config`,
    );
  }
  const { policy, reward, prompts, evalPrompts, out, lora, loraAlpha, loraTargets, rollout, recompute, ...rest } = given as Record<
    (typeof names)[number],
    string
  > &
    LoraFlags & { readonly rollout?: unknown; readonly recompute?: unknown };
  const adapter = resolveLora({ lora, loraAlpha, loraTargets });
  const methods = { rollout: checkRolloutEngine(rollout), recompute: checkRecompute(recompute) };
  const hyperparameters = await readingInput(() =>
    resolveHyperparameters({ ...(evalPrompts !== undefined && { evaluateEvery: defaultEvaluateEvery }), ...rest }),
  );
  const freeResponseLength = given.maxNewTokens === undefined;
  return { policy, reward, prompts, evalPrompts, out, lora: adapter, ...methods, hyperparameters, freeResponseLength };
}

const known: readonly string[] = [...names, ...loraNames, "rollout", "recompute", ...Object.keys(hyperparameterTable)];

async function readConfig(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new CliError("usage", `${file} can't be read (${cause.code}): give --config a JSON file`, { cause });
  });
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw new CliError("usage", `${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new CliError("usage", `${file} holds no JSON object: expected {"policy": …, "learningRate": …, …}`);
  }
  const { versions: _, ...settings } = config as Record<string, unknown>; // a run's config.json tells what it ran on
  const unknown = describeUnknownOption(settings, known);
  if (unknown === undefined) return settings;
  throw new CliError("usage", `${file}: ${unknown} (the names are those of the flags: cai train --help)`);
}
