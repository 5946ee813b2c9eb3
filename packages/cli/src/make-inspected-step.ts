import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InspectedRow, InspectedStep, LayerNorm } from "@cai/dashboard";
import { disposing } from "@cai/training";
import { copyRun } from "./copy-run.ts";
import { CliError } from "./error.ts";
import { layerNorms } from "./layer-norms.ts";
import { openTraining, readTrainingData } from "./open-training.ts";
import { tokenRows } from "./token-rows.ts";
import { resolveTrainSettings } from "./train-settings.ts";

/** A run's folder, and the step of the checkpoint in it that is gone on from; 0: none. */
interface Begin {
  readonly directory: string;
  readonly from: number;
}

/** What is looked at of a step. */
interface Look {
  /** Responses that are shown. */
  readonly rows: number;
  /** Alternatives of each token. */
  readonly top: number;
}

/** A step as it was, and as it is with other options. */
interface MadeStep {
  readonly original: InspectedStep;
  readonly other?: InspectedStep;
}

interface MakeOptions extends Begin, Look {
  readonly config: Readonly<Record<string, unknown>>;
  /** Options that hold in the inspected step of `other`: those before it are made once, as they were. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly step: number;
}

/** Makes a step of a run again, and where options are set once more with them: both from the same state. */
export async function makeInspectedStep({ directory, from, config, set, step, rows, top }: MakeOptions): Promise<MadeStep> {
  const folder = await mkdtemp(join(tmpdir(), "cai-inspect-"));
  const look = { rows, top };
  try {
    if (Object.keys(set).length === 0) return { original: await lookAtLast({ folder, begin: { directory, from }, config, step, look }) };
    const begin = await stepBefore({ folder, begin: { directory, from }, config, step });
    return {
      original: await lookAtLast({ folder, begin, config, step, look }),
      other: await lookAtLast({ folder, begin, config: { ...config, ...set }, step, look }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface StepsOptions {
  /** Takes what is made. */
  readonly folder: string;
  readonly begin: Begin;
  readonly config: Readonly<Record<string, unknown>>;
  readonly step: number;
}

/** A checkpoint right before the step: the run's own, or one that is made. */
async function stepBefore({ folder, begin, config, step }: StepsOptions): Promise<Begin> {
  if (begin.from === step - 1) return begin;
  const out = join(folder, "before");
  await makeSteps({ begin, out, config, steps: step - 1 - begin.from });
  return { directory: out, from: step - 1 };
}

/** The steps up to the inspected one, and what that was. What was written on the way goes at once. */
async function lookAtLast({ folder, begin, config, step, look }: StepsOptions & { readonly look: Look }): Promise<InspectedStep> {
  const out = join(folder, "run");
  try {
    return await makeSteps({ begin, out, config, steps: step - begin.from, look });
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** So many steps of a run in `out`, where it leaves a checkpoint; and what the last one was. */
async function makeSteps({
  begin,
  out,
  config,
  steps,
  look,
}: {
  readonly begin: Begin;
  readonly out: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly look?: Look;
}): Promise<InspectedStep> {
  if (begin.from > 0) await copyRun(begin.directory, begin.from, out);
  const file = `${out}.json`;
  await writeFile(file, JSON.stringify(config));
  const settings = await resolveTrainSettings({ config: file, out });
  const data = await readTrainingData(settings);
  return disposing(async (own) => {
    const { trainer, policy, prompts, config: told } = await openTraining(settings, data, own);
    let left = steps;
    let finish: (() => Promise<InspectedRow[]>) | undefined;
    let gradients: LayerNorm[] = [];
    const { temperature } = settings.hyperparameters;
    const made = trainer.steps(prompts, {
      out,
      resume: begin.from > 0,
      allowChanges: true,
      config: told,
      callbacks: {
        onNotice: () => {},
        onExperience(experience) {
          if (look !== undefined && left === 1)
            finish = tokenRows({ experience, policy, ...look, temperature, logprobsAfter: () => trainer.getLogprobs(experience) });
        },
        async onGradients({ update, norms }) {
          if (look !== undefined && left === 1 && update === 0) gradients = layerNorms(await norms());
        },
      },
    });
    for await (const report of made) {
      if (--left > 0) continue;
      return { metrics: report.metrics, rows: (await finish?.()) ?? [], gradients };
    }
    throw new CliError("usage", `the run ends before that step: it is one of ${settings.hyperparameters.steps}`);
  });
}
