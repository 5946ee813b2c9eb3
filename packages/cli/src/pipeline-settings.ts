import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type PipelineConfig, parsePipelineConfig, rlAlgorithms } from "@cai/constitution";
import { countOrNone, type OptionTable, resolveOptions } from "@cai/training";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";

/** A pipeline's configuration, and where it leaves its products. */
export interface PipelineSettings {
  readonly config: PipelineConfig;
  readonly out: string;
}

/** What is told beside a pipeline's file. */
export interface PipelineFlags extends Partial<Pick<PipelineConfig, "policy" | "judge" | keyof typeof pipelineOptions>> {
  readonly config?: string;
  readonly out?: string;
}

/** What a run of a file may vary, beside its models. */
export const pipelineOptions: OptionTable<Pick<PipelineConfig, "seed" | "rl">> = {
  seed: { default: 0, ...countOrNone, max: 2 ** 32 - 1, describe: "seed of all draws" },
  rl: {
    default: "ppo",
    choices: rlAlgorithms,
    describe: "the last training: ppo or grpo against the reward model, dpo on the preferences, without one, or none after fine-tuning",
  },
};

const paths = ["policy", "constitution", "prompts", "heldOutPrompts", "judge", "feedback"] as const;

/**
 * A pipeline as a file has it, flags over it. Paths in the file that begin with `./` or `../` are read from its folder, so that a configuration and
 * what belongs to it can lie together; everything else is what it is on the command line. `out` is the flag's, or the file's.
 *
 * @throws CliError `usage`
 */
export async function resolvePipeline({ config: file, out, policy, judge, ...options }: PipelineFlags): Promise<PipelineSettings> {
  if (file === undefined) throw new CliError("usage", "cai pipeline needs --config: a file, JSON or YAML");
  const config = await readingInput(async () => parsePipelineConfig(await readFile(file, "utf8"), file));
  const folder = dirname(file);
  const placed = Object.fromEntries(
    paths.flatMap((name) => {
      const value = config[name];
      return value !== undefined && /^\.\.?\//.test(value) ? [[name, join(folder, value)]] : [];
    }),
  );
  const { seed, rl } = await readingInput(() =>
    resolveOptions(pipelineOptions, { seed: options.seed ?? config.seed, rl: options.rl ?? config.rl }),
  );
  const directory = out ?? config.out;
  if (directory === undefined) throw new CliError("usage", `${file} names no folder for the run: give "out" there, or --out`);
  const models = { ...(policy !== undefined && { policy }), ...(judge !== undefined && { judge }) };
  return { config: { ...config, ...placed, ...models, seed, rl }, out: directory };
}
