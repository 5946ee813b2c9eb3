import { type Hyperparameters, hyperparameterTable } from "@cai/trainer";
import type { OptionSpec } from "@cai/training";
import { type Command, InvalidArgumentError, Option } from "commander";

const specs = Object.entries(hyperparameterTable) as [keyof Hyperparameters, OptionSpec<number | string | boolean | readonly number[]>][];

/** Adds a flag for every hyperparameter of the trainer: `learningRate` becomes `--learning-rate <number>`. */
export function addHyperparameterFlags(command: Command): Command {
  for (const [name, { default: fallback, describe, choices }] of specs) {
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (typeof fallback === "boolean") {
      command.option(`--${flag}`, describe).option(`--no-${flag}`, `not so, where the configuration file says ${name}`);
      continue;
    }
    const isList = typeof fallback === "object";
    const value = isList ? "numbers" : typeof fallback === "number" ? "number" : "name";
    const option = new Option(`--${flag} <${value}>`, isList ? `${describe}: 1,2 (default: none)` : `${describe} (default: ${fallback})`);
    if (choices !== undefined) option.choices(choices.map(String));
    else if (isList) option.argParser(parseNumbers);
    else option.argParser(parseNumber);
    command.addOption(option);
  }
  return command;
}

/** A number on the command line: `4`, `0.1`, `1e-5`. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("expected a number.");
  return value;
}

/** Numbers on the command line, with commas between them; an empty text is none. */
export function parseNumbers(text: string): number[] {
  return text.trim() === "" ? [] : text.split(",").map(parseNumber);
}
