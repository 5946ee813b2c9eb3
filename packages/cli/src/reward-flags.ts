import type { OnnxRewardOptions } from "@cai/reward-model";
import { type Command, Option } from "commander";
import { CliError } from "./error.ts";

/** What is told of an ONNX reward model, by flags or in a configuration file. */
export interface RewardFlags {
  readonly rewardLabel?: string | number;
  readonly rewardScore?: string;
  readonly rewardFile?: string;
  readonly rewardOutput?: string;
  readonly rewardInput?: string;
}

interface RewardFlag {
  /** Of `@cai/reward-model`. */
  readonly option: keyof OnnxRewardOptions;
  readonly flag: string;
  readonly describe: string;
  readonly choices?: readonly string[];
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
};

/** The keys of the reward's options in a configuration file. */
export const rewardNames = Object.keys(table) as (keyof RewardFlags)[];

/** Adds a flag for each of them: `--reward-label` and so on. */
export function addRewardFlags(command: Command): Command {
  for (const { flag, describe, choices } of Object.values(table)) {
    const option = new Option(flag, describe);
    command.addOption(choices === undefined ? option : option.choices([...choices]));
  }
  return command;
}

/** @throws CliError `usage` for a value of another type; a configuration file may hold any. */
export function checkRewardFlags(given: Readonly<Record<string, unknown>>): RewardFlags {
  const known = rewardNames.flatMap((name): [keyof RewardFlags, unknown][] => (given[name] === undefined ? [] : [[name, given[name]]]));
  for (const [name, value] of known) {
    const { choices } = table[name];
    if (
      choices === undefined
        ? typeof value === "string" || (name === "rewardLabel" && typeof value === "number")
        : choices.includes(value as string)
    )
      continue;
    throw new CliError(
      "usage",
      `${name} is ${JSON.stringify(value)}: give ${choices === undefined ? "text" : `one of ${choices.join(", ")}`}`,
    );
  }
  return Object.fromEntries(known);
}

/** The options of `@cai/reward-model` that the flags stand for. */
export function rewardOptions(flags: RewardFlags): OnnxRewardOptions {
  return Object.fromEntries(rewardNames.flatMap((name) => (flags[name] === undefined ? [] : [[table[name].option, flags[name]]])));
}

/** An error's text with the flag in place of each "the option …". */
export function withFlags(message: string): string {
  return message.replaceAll(/\bthe option (\w+)/g, (words, name: string) => {
    const known = Object.values(table).find(({ option }) => option === name);
    return known?.flag.split(" ", 1)[0] ?? words;
  });
}
