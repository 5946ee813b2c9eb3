import { type ReadPairs, readPairs } from "@cai/data";
import type { CausalPolicy } from "@cai/policy";
import type { DPOTrainer, PairEvaluation, PairStepResult, RewardTrainer } from "@cai/preference";
import { disposing } from "@cai/training";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { endedBySignal } from "./interrupt.ts";
import { namingLines } from "./naming-lines.ts";
import type { PairCommandSettings } from "./pair-settings.ts";
import { dataReader } from "./read-data.ts";
import { refuseOut } from "./refuse-out.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { dataRunConfig } from "./run-config.ts";
import { runDisplay, sayBackend } from "./run-display.ts";
import type { RunFlags } from "./run-flags.ts";
import { runTrainer } from "./run-trainer.ts";
import { print } from "./visible.ts";

/**
 * Trains on pairs as the settings say, and tells how it goes: progress on standard error, with `json` a line a step on standard output.
 *
 * @param create makes the trainer.
 * @param trained what is in `final`, for the last line.
 */
export async function runPairs<Options extends { readonly seed: number }>(
  settings: PairCommandSettings<Options>,
  { json, ...use }: RunFlags,
  {
    create,
    trained,
  }: { readonly create: (policy: CausalPolicy, options: Options) => Promise<DPOTrainer | RewardTrainer>; readonly trained: string },
): Promise<void> {
  const { out, data, evalData, lora, recompute, skipBadLines, options } = settings;
  await refuseOut(out, use);
  const reader = dataReader({ skipBadLines });
  const training = await reader.read(readPairs, data);
  const evaluation = evalData === undefined ? undefined : await reader.read(readPairs, evalData);
  const { rows: pairs } = training;
  const heldOut = evaluation?.rows ?? [];

  const steps = await disposing(async (own) => {
    const before = own(endedBySignal());
    const backend = await prepareChosenBackend();
    const adapter = lora && { ...lora, seed: options.seed };
    const policy = own(await resolvePolicy(settings.policy, { lora: adapter, recompute }));
    const trainer = own(await create(policy, options));
    const display = runDisplay({ json, steps: () => trainer.totalSteps });
    sayBackend(display, backend);
    for (const { unpaired } of [training, ...(evaluation ? [evaluation] : [])])
      if (unpaired.length > 0) display.notice(describeUnpaired(unpaired));
    const config = dataRunConfig(settings, backend);
    const evaluationData = heldOut.map(({ row }) => row);
    const train = () =>
      runTrainer({
        display,
        before,
        train: (how) =>
          trainer.train(
            pairs.map(({ row }) => row),
            { ...how, ...use, out, ...(evalData !== undefined && { evaluationData }), config },
          ),
        stepsDone: () => trainer.step,
        figures,
        evaluated,
      });
    await namingLines([...pairs, ...heldOut], train);
    return trainer.totalSteps;
  });
  reader.tellSkipped();
  if (!json) print(`${steps} steps done; ${trained} is in ${out}/final\n`);
}

function describeUnpaired(unpaired: ReadPairs["unpaired"]): string {
  const completions = unpaired.length === 1 ? "1 completion makes" : `${unpaired.length} completions make`;
  return `${completions} no pair, as no completion of the same prompt has the other label: ${unpaired[0]!.where}${unpaired.length > 1 ? ", …" : ""}`;
}

const figures = ({ loss, accuracy, margin }: PairStepResult) => ({ loss, accuracy, margin });

const evaluated = ({ step, loss, accuracy, margin }: PairEvaluation): string =>
  `step ${step}: held-out loss ${loss.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(1)} %, margin ${margin.toFixed(3)}`;
