import type { OnnxRewardOptions, ResolveRewardOptions, RewardFaultPolicy, TolerantRewardOptions } from "@cai/reward-model";
import { type Command, Option } from "commander";
import { CliError } from "./error.ts";
import { helpGroups } from "./help-groups.ts";
import { parseNumber } from "./option-flags.ts";

/** What is told of a reward model, by flags or in a configuration file. */
export interface RewardFlags {
  readonly rewardLabel?: string | number;
  readonly rewardScore?: string;
  readonly rewardFile?: string;
  readonly rewardOutput?: string;
  readonly rewardInput?: string;
  readonly rewardTimeout?: number;
  readonly rewardRetries?: number;
  readonly rewardKey?: string;
  readonly onRewardError?: string;
}

interface RewardFlag {
  /** Of an ONNX model, in `@cai/reward-model`. */
  readonly option?: keyof OnnxRewardOptions;
  readonly flag: string;
  readonly describe: string;
  readonly choices?: readonly string[];
  /** A number, and its bounds. */
  readonly number?: { readonly above?: number; readonly whole?: true };
}

const table: Readonly<Record<keyof RewardFlags, RewardFlag>> = {
  rewardLabel: {
    option: "label",
    flag: "--reward-label <name|index>",
    describe: "of an ONNX reward with several labels: the one that the score is about",
  },
  rewardScore: {
    option: "score",
    flag: "--reward-score <kind>",
    describe: "what of that label is the score (default: logit)",
    choices: ["logit", "log-odds", "probability"],
  },
  rewardFile: {
    option: "file",
    flag: "--reward-file <path>",
    describe: "the .onnx file in an ONNX reward's folder or hub repository, as in onnx/model_quantized.onnx",
  },
  rewardOutput: {
    option: "output",
    flag: "--reward-output <name>",
    describe: "of an ONNX reward with several outputs: the one that holds the scores",
  },
  rewardInput: {
    option: "input",
    flag: "--reward-input <kind>",
    describe: "what an ONNX reward reads: text, by its own tokenizer, or the policy's ids (default: text)",
    choices: ["text", "ids"],
  },
  rewardTimeout: {
    flag: "--reward-timeout <seconds>",
    describe: "how long an endpoint may take for an answer (default: 60), a module for a batch (default: 600)",
    number: { above: 0 },
  },
  rewardRetries: {
    flag: "--reward-retries <number>",
    describe: "how often a reward that fails is asked again (default: 4 times of an endpoint, within two minutes; 2 of others)",
    number: { whole: true },
  },
  rewardKey: {
    flag: "--reward-key <VARIABLE>",
    describe: "the variable of the environment that holds an endpoint's key (default: CAI_REWARD_KEY, where it is set)",
  },
  onRewardError: {
    flag: "--on-reward-error <policy>",
    describe:
      "what becomes of a batch whose scoring fails: retry, then stop; skip, where a response without a score gets the others' mean; stop (default: retry)",
    choices: ["retry", "skip", "stop"] satisfies RewardFaultPolicy[],
  },
};

/** The keys of the reward's options in a configuration file. */
export const rewardNames = Object.keys(table) as (keyof RewardFlags)[];

/** Adds a flag for each of them: `--reward-label` and so on. */
export function addRewardFlags(command: Command): Command {
  for (const { flag, describe, choices, number } of Object.values(table)) {
    const option = new Option(flag, describe).helpGroup(helpGroups.reward);
    command.addOption(number ? option.argParser(parseNumber) : choices === undefined ? option : option.choices([...choices]));
  }
  return command;
}

/** @throws CliError `usage` for a value of another type, or out of bounds; a configuration file may hold any. */
export function checkRewardFlags(given: Readonly<Record<string, unknown>>): RewardFlags {
  const known = rewardNames.flatMap((name): [keyof RewardFlags, unknown][] => (given[name] === undefined ? [] : [[name, given[name]]]));
  for (const [name, value] of known) {
    const expected = expectedOf(name, value);
    if (expected !== undefined) throw new CliError("usage", `${name} is ${JSON.stringify(value)}: give ${expected}`);
  }
  return Object.fromEntries(known);
}

/** What a value should have been; undefined where it is that. */
function expectedOf(name: keyof RewardFlags, value: unknown): string | undefined {
  const { choices, number } = table[name];
  if (choices !== undefined) return choices.includes(value as string) ? undefined : `one of ${choices.join(", ")}`;
  if (number === undefined) return typeof value === "string" || (name === "rewardLabel" && typeof value === "number") ? undefined : "text";
  if (number.whole) return Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : "a whole number from 0";
  return typeof value === "number" && value > number.above! ? undefined : `a number above ${number.above}`;
}

/** The options of `@cai/reward-model` that the flags stand for. */
export function rewardOptions(flags: RewardFlags): ResolveRewardOptions {
  const { rewardTimeout, rewardRetries, onRewardError } = flags;
  const limit = rewardTimeout !== undefined && { timeoutMs: 1000 * rewardTimeout };
  const retries = onRewardError === "stop" ? 0 : rewardRetries;
  const headers = keyHeader(flags.rewardKey);
  return {
    ...Object.fromEntries(
      rewardNames.flatMap((name) => {
        const { option } = table[name];
        return option === undefined || flags[name] === undefined ? [] : [[option, flags[name]]];
      }),
    ),
    endpoint: { ...limit, ...(retries !== undefined && { retries }), ...(headers && { headers }) },
    module: { ...limit },
  };
}

/** What is to become of faults, of whichever reward. */
export function faultOptions({ onRewardError, rewardRetries }: RewardFlags): TolerantRewardOptions {
  return {
    ...(onRewardError !== undefined && { onError: onRewardError as NonNullable<TolerantRewardOptions["onError"]> }),
    ...(rewardRetries !== undefined && { retries: rewardRetries }),
  };
}

const usualVariable = "CAI_REWARD_KEY";

/** The key goes into no flag and no file, so that it stands in neither the list of processes nor the run's folder. */
function keyHeader(variable: string | undefined): { readonly authorization: string } | undefined {
  const key = process.env[variable ?? usualVariable]?.trim();
  if (key) return { authorization: `Bearer ${key}` };
  if (variable === undefined) return undefined;
  throw new CliError("usage", `--reward-key names ${variable}, which is not set in the environment: set it to the key, or leave it out`);
}

/** An error's text with the flag in place of each "the option …". */
export function withFlags(message: string): string {
  return message.replaceAll(/\bthe option (\w+)/g, (words, name: string) => {
    const known = Object.values(table).find(({ option }) => option === name);
    return known?.flag.split(" ", 1)[0] ?? words;
  });
}
