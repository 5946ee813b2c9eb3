import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { disposing } from "@cai/training";
import { changedNumbers } from "./compare-steps.ts";
import { copyRun, nearestCheckpoint } from "./copy-run.ts";
import { CliError } from "./error.ts";
import { inspectionLines } from "./inspection-lines.ts";
import { openTraining, readTrainingData } from "./open-training.ts";
import { commandOfRun } from "./run-command-of.ts";
import { type InspectedRow, tokenRows } from "./token-rows.ts";
import { resolveTrainSettings } from "./train-settings.ts";
import { print } from "./visible.ts";

/** The flags of `cai inspect`. */
export interface InspectFlags {
  readonly step: number;
  readonly rows: number;
  readonly top: number;
  /** Options that differ in a second making of the step. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly json?: boolean;
}

/** A step as it was made again. */
export interface InspectedStep {
  readonly metrics: Readonly<Record<string, number>>;
  readonly rows: readonly InspectedRow[];
}

/** Makes a step again from the nearest checkpoint before it, once more with other options where there are some, and prints what it was. */
export async function inspectStep(directory: string, { step, rows, top, set, json = false }: InspectFlags): Promise<void> {
  const { command, config } = await commandOfRun(directory);
  if (command !== "train")
    throw new CliError("usage", `${directory} is a run of cai ${command}: only steps of cai train are made of tokens that it wrote`);
  if (!Number.isInteger(step) || step < 1) throw new CliError("usage", `--step ${step}: give a step's number, from 1`);
  const from = await nearestCheckpoint(directory, step - 1);
  const make = (options: Readonly<Record<string, unknown>>) => makeStep(directory, { config, options, from, step, rows, top });
  const original = await make({});
  const other = Object.keys(set).length === 0 ? undefined : await make(set);
  const differences = other && changedNumbers(original.metrics, other.metrics);
  if (json) print(`${JSON.stringify({ step, from, ...original, ...(other && { set, other, differences }) })}\n`);
  else print(`${inspectionLines({ step, from, original, ...(other && { set, other, differences }) }).join("\n")}\n`);
}

interface MakeOptions extends Pick<InspectFlags, "step" | "rows" | "top"> {
  readonly config: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** The step of the checkpoint that it goes on from; 0: none. */
  readonly from: number;
}

/** Other options hold from the inspected step on: those before it are made as they were. */
async function makeStep(directory: string, { config, options, from, step, rows, top }: MakeOptions): Promise<InspectedStep> {
  const folder = await mkdtemp(join(tmpdir(), "cai-inspect-"));
  try {
    const out = join(folder, "run");
    if (from > 0) await copyRun(directory, from, out);
    const isOther = Object.keys(options).length > 0;
    if (isOther && from < step - 1) await makeSteps({ config, out, steps: step - 1 - from, resume: from > 0 });
    return await makeSteps({
      config: { ...config, ...options },
      out,
      steps: isOther ? 1 : step - from,
      resume: isOther ? step > 1 : from > 0,
      rows,
      top,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** So many steps of a run in `out`; of the last what it was, where rows are asked for. It leaves a checkpoint. */
async function makeSteps({
  config,
  out,
  steps,
  resume,
  rows = 0,
  top = 0,
}: {
  readonly config: Readonly<Record<string, unknown>>;
  readonly out: string;
  readonly steps: number;
  readonly resume: boolean;
  readonly rows?: number;
  readonly top?: number;
}): Promise<InspectedStep> {
  const file = `${out}.json`;
  await writeFile(file, JSON.stringify(config));
  const settings = await resolveTrainSettings({ config: file, out });
  const data = await readTrainingData(settings);
  return disposing(async (own) => {
    const { trainer, policy, prompts, config: told } = await openTraining(settings, data, own);
    let left = steps;
    let finish: (() => Promise<InspectedRow[]>) | undefined;
    const { temperature } = settings.hyperparameters;
    const made = trainer.steps(prompts, {
      out,
      resume,
      allowChanges: true,
      config: told,
      callbacks: {
        onNotice: () => {},
        onExperience: (experience) => {
          if (left === 1 && rows > 0)
            finish = tokenRows({ experience, policy, rows, top, temperature, logprobsAfter: () => trainer.getLogprobs(experience) });
        },
      },
    });
    for await (const report of made) {
      if (--left > 0) continue;
      const shown = (await finish?.()) ?? [];
      return { metrics: report.metrics, rows: shown.map((row, i) => ({ ...row, score: report.samples[i]?.score })) };
    }
    throw new CliError("usage", `the run ends before that step: it is one of ${settings.hyperparameters.steps}`);
  });
}
