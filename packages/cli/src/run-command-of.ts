import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { algorithmOf } from "@cai/dashboard";
import { CliError } from "./error.ts";

/** A run's configuration, and the command that takes it. */
export interface CommandRun {
  readonly command: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * The command that made a run, by its folder.
 *
 * @throws CliError `usage` where the folder tells of none, as one of a program of the user's own or of a pipeline
 */
export async function commandOfRun(directory: string): Promise<CommandRun> {
  const path = join(directory, "config.json");
  const config: unknown = await readFile(path, "utf8")
    .then((text) => JSON.parse(text))
    .catch((cause: Error) => {
      throw new CliError("usage", `${path} can't be read (${cause.message}): give the folder of a run`, { cause });
    });
  const isCommands = typeof config === "object" && config !== null && "policy" in config && ("prompts" in config || "data" in config);
  const algorithm = isCommands ? algorithmOf(config as CommandRun["config"]) : undefined;
  if (algorithm === undefined)
    throw new CliError("usage", `${path} names no policy and data: only runs of cai train, sft, dpo and reward-train can be made again`);
  const others: Readonly<Record<string, string>> = { sft: "sft", dpo: "dpo", reward: "reward-train" };
  return { command: others[algorithm] ?? "train", config: config as CommandRun["config"] };
}
