import { prepareBackend } from "@cai/backend";
import type { CausalPolicy } from "@cai/policy";
import type { DPOTrainer, PairEvaluation, PairStepResult, RewardTrainer } from "@cai/preference";
import { refuseExistingRun } from "@cai/run-log";
import { disposing } from "@cai/training";
import { readingInput } from "./exit-codes.ts";
import { loraConfig } from "./lora-settings.ts";
import { namingLines } from "./naming-lines.ts";
import type { PairCommandSettings } from "./pair-settings.ts";
import { readPairs } from "./read-pairs.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { runDisplay, sayBackend } from "./run-display.ts";
import { runTrainer } from "./run-trainer.ts";

/**
 * Trains on pairs as the settings say, and tells how it goes: progress on standard error, with `json` a line a step on standard output.
 *
 * @param create makes the trainer.
 * @param trained what is in `final`, for the last line.
 */
export async function runPairs<Options extends { readonly seed: number }>(
  settings: PairCommandSettings<Options>,
  { resume, json }: { readonly resume: boolean; readonly json: boolean },
  {
    create,
    trained,
  }: { readonly create: (policy: CausalPolicy, options: Options) => Promise<DPOTrainer | RewardTrainer>; readonly trained: string },
): Promise<void> {
  const { out, data, evalData, lora, recompute, options } = settings;
  if (!resume) await readingInput(() => refuseExistingRun(out));
  const pairs = await readPairs(data);
  const heldOut = evalData === undefined ? [] : await readPairs(evalData);

  const steps = await disposing(async (own) => {
    const backend = await prepareBackend();
    const adapter = lora && { ...lora, seed: options.seed };
    const policy = own(await resolvePolicy(settings.policy, { lora: adapter, recompute }));
    const trainer = own(await create(policy, options));
    const display = runDisplay({ json, steps: () => trainer.totalSteps });
    sayBackend(display, backend);
    const config = { policy: settings.policy, data, evalData, recompute, ...(lora && loraConfig(lora)) };
    const evaluationData = heldOut.map(({ row }) => row);
    const train = () =>
      runTrainer({
        display,
        train: (how) =>
          trainer.train(
            pairs.map(({ row }) => row),
            { ...how, out, resume, ...(evalData !== undefined && { evaluationData }), config },
          ),
        stepsDone: () => trainer.step,
        figures,
        evaluated,
      });
    await namingLines([...pairs, ...heldOut], train);
    return trainer.totalSteps;
  });
  if (!json) process.stdout.write(`${steps} steps done; ${trained} is in ${out}/final\n`);
}

const figures = ({ loss, accuracy, margin }: PairStepResult) => ({ loss, accuracy, margin });

const evaluated = ({ step, loss, accuracy, margin }: PairEvaluation): string =>
  `step ${step}: held-out loss ${loss.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(1)} %, margin ${margin.toFixed(3)}`;
