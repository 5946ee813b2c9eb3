import type { OptionSpec } from "@cai/training";
import { type Command, InvalidArgumentError, Option } from "commander";
import { groupOf } from "./help-groups.ts";

/**
 * Adds a flag for every option of a trainer: `learningRate` becomes `--learning-rate <number>`.
 *
 * @param how.heading what they stand below in the help; with `trainer` those only that are of no group which trainers share.
 * @param how.defaults what the help says of their defaults, where there are several.
 */
export function addOptionFlags(
  command: Command,
  table: object,
  {
    heading = "Options:",
    defaults = "",
    trainer = false,
  }: { readonly heading?: string; readonly defaults?: string; readonly trainer?: boolean } = {},
): Command {
  for (const [name, spec] of Object.entries(table) as [string, OptionSpec<unknown>][])
    for (const option of flagsOf(name, spec, defaults || `default: ${String(spec.default) || "none"}`))
      command.addOption(option.helpGroup((trainer ? groupOf(name) : undefined) ?? heading));
  return command;
}

function flagsOf(name: string, { default: fallback, describe, choices, listOf }: OptionSpec<unknown>, defaults: string): Option[] {
  const flag = flagName(name);
  if (typeof fallback === "boolean")
    return [
      new Option(`--${flag}`, `${describe}${fallback ? " (default)" : ""}`),
      new Option(`--no-${flag}`, fallback ? "not so" : `not so, where the configuration file says ${name}`),
    ];
  if (listOf === "texts") return [new Option(`--${flag} <texts>`, `${describe}: ${textsForm} (${defaults})`).argParser(parseTexts)];
  if (Array.isArray(fallback)) return [new Option(`--${flag} <numbers>`, `${describe}: 1,2 (${defaults})`).argParser(parseNumbers)];
  const option = new Option(`--${flag} <${typeof fallback === "number" ? "number" : "name"}>`, `${describe} (${defaults})`);
  if (choices !== undefined) return [option.choices(choices.map(String))];
  return [typeof fallback === "number" ? option.argParser(parseNumber) : option];
}

/** A name in a configuration as a flag has it: `learningRate` is `learning-rate`. */
export const flagName = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

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

/** What `parseTexts` takes, for the help. */
export const textsForm = 'one as it is, or a JSON list, ["\\nHuman:"]';

/** Texts on the command line: one as it is, or a JSON list, which may hold line breaks; an empty text is none. */
export function parseTexts(text: string): string[] {
  if (!text.startsWith("[")) return text === "" ? [] : [text];
  const list = parsedJson(text);
  if (!Array.isArray(list) || !list.every((one) => typeof one === "string"))
    throw new InvalidArgumentError('what begins with [ is read as JSON: expected a list of texts, ["\\nHuman:"].');
  return list;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
