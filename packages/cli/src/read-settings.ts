import { readFile } from "node:fs/promises";
import { describeUnknownOption } from "@cai/contracts/unknown-option";
import { CliError } from "./error.ts";

/** What a command that trains may be told, by flags or in a configuration file. */
export interface KnownSettings {
  /** As a user types it: `train`. */
  readonly command: string;
  /** Names whose values are text: paths and names of things. */
  readonly texts: readonly string[];
  /** Those of them that must be there. */
  readonly required: readonly string[];
  /** All other names. */
  readonly others: readonly string[];
}

/**
 * Flags over the configuration file. A run's own `config.json` is such a file too.
 *
 * @throws CliError `usage` for a file that can't be read, and for what is missing, unknown or no text
 */
export async function readSettings(
  flags: Readonly<Record<string, unknown>>,
  { command, texts, required, others }: KnownSettings,
): Promise<Record<string, unknown>> {
  const configFile = flags.config as string | undefined;
  const known = [...texts, ...others];
  const given = configFile === undefined ? {} : await readConfig(configFile, known, command);
  for (const [name, value] of Object.entries(flags)) if (value !== undefined && known.includes(name)) given[name] = value;
  for (const name of texts)
    if (given[name] !== undefined && typeof given[name] !== "string")
      throw new CliError("usage", `${configFile}: "${name}" is no text: give a path or a name`);
  const missing = required.filter((name) => given[name] === undefined);
  if (missing.length === 0) return given;
  const names = missing.map((name) => `--${name}`).join(", ");
  const pronoun = missing.length === 1 ? "it" : "them";
  throw new CliError("usage", `cai ${command} needs ${names}: give ${pronoun} as flags or in the file of --config`);
}

/** Those of the settings that belong to a table of options. */
export const optionsOf = (given: Readonly<Record<string, unknown>>, ...tables: readonly object[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).filter(([name]) => tables.some((table) => Object.hasOwn(table, name))));

/**
 * A setting that is one of some names; undefined where it is not given.
 *
 * @throws CliError `usage`
 */
export function chosenName<Name extends string>(
  given: Readonly<Record<string, unknown>>,
  key: string,
  names: readonly Name[],
): Name | undefined {
  const name = given[key];
  if (name === undefined || names.includes(name as Name)) return name as Name | undefined;
  throw new CliError("usage", `--${key} is ${JSON.stringify(name)}: expected one of ${names.join(", ")}`);
}

async function readConfig(file: string, known: readonly string[], command: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new CliError("usage", `${file} can't be read (${cause.code}): give --config a JSON file`, { cause });
  });
  const isYaml = /\.ya?ml$/i.test(file);
  let config: unknown;
  try {
    config = isYaml ? (await import("yaml")).parse(text, { logLevel: "error" }) : JSON.parse(text);
  } catch (cause) {
    throw new CliError(
      "usage",
      `${file} is not ${isYaml ? "YAML" : "JSON"}: ${(cause as Error).message.split("\n", 1)[0]?.replace(/:$/, "")}`,
      { cause },
    );
  }
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new CliError("usage", `${file} holds no object: expected options by their names, as in {"policy": …, "learningRate": …}`);
  }
  const { versions: _, changes: __, ...settings } = config as Record<string, unknown>; // a run's config.json tells what it ran on
  const unknown = describeUnknownOption(settings, known);
  if (unknown === undefined) return settings;
  throw new CliError("usage", `${file}: ${unknown} (the names are those of the flags: cai ${command} --help)`);
}
