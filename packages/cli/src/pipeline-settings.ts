import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type PipelineConfig, parsePipelineConfig } from "@cai/constitution";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";

/** A pipeline's configuration, and where it leaves its products. */
export interface PipelineSettings {
  readonly config: PipelineConfig;
  readonly out: string;
}

const paths = ["policy", "constitution", "prompts", "heldOutPrompts", "judge", "feedback"] as const;

/**
 * A pipeline as a file has it. Paths that begin with `./` or `../` are read from the file's folder, so that a configuration and what belongs to it
 * can lie together; everything else is what it is on the command line. `out` is the flag's, or the file's.
 *
 * @throws CliError `usage`
 */
export async function resolvePipeline({
  config: file,
  out,
}: {
  readonly config?: string;
  readonly out?: string;
}): Promise<PipelineSettings> {
  if (file === undefined) throw new CliError("usage", "cai pipeline needs --config: a file, JSON or YAML");
  const config = await readingInput(async () => parsePipelineConfig(await readFile(file, "utf8"), file));
  const folder = dirname(file);
  const placed = Object.fromEntries(
    paths.flatMap((name) => {
      const value = config[name];
      return value !== undefined && /^\.\.?\//.test(value) ? [[name, join(folder, value)]] : [];
    }),
  );
  const directory = out ?? config.out;
  if (directory === undefined) throw new CliError("usage", `${file} names no folder for the run: give "out" there, or --out`);
  return { config: { ...config, ...placed }, out: directory };
}
