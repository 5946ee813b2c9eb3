import type { OptionSpec, OptionTable } from "@cai/training";
import { type Command, InvalidArgumentError, Option } from "commander";

/** An option table of any trainer. */
export type AnyOptionTable = OptionTable<Record<string, unknown>>;

/**
 * Adds a flag for every option of a trainer: `learningRate` becomes `--learning-rate <number>`.
 *
 * @param table those that are there already are left as they are.
 * @param heading what they stand below in the help.
 */
export function addOptionFlags(command: Command, table: object, heading = "Options:"): Command {
  const there = new Set(command.options.map((option) => option.attributeName()));
  for (const [name, spec] of Object.entries(table) as [string, OptionSpec<unknown>][])
    if (!there.has(name)) for (const option of flagsOf(name, spec)) command.addOption(option.helpGroup(heading));
  return command;
}

function flagsOf(name: string, { default: fallback, describe, choices }: OptionSpec<unknown>): Option[] {
  const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (typeof fallback === "boolean")
    return [new Option(`--${flag}`, describe), new Option(`--no-${flag}`, `not so, where the configuration file says ${name}`)];
  const option = new Option(`--${flag} <${typeof fallback === "number" ? "number" : "name"}>`, `${describe} (default: ${fallback})`);
  return [choices === undefined ? option.argParser(parseNumber) : option.choices(choices.map(String))];
}

/** A number on the command line: `4`, `0.1`, `1e-5`. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("expected a number.");
  return value;
}
