import { readExamples } from "@cai/data";
import { SFTTrainer, type SftEvaluation, type SftStepResult } from "@cai/sft";
import { disposing } from "@cai/training";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { endedBySignal } from "./interrupt.ts";
import { namingLines } from "./naming-lines.ts";
import { dataReader } from "./read-data.ts";
import { refuseOut } from "./refuse-out.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { dataRunConfig } from "./run-config.ts";
import { runDisplay, sayBackend } from "./run-display.ts";
import type { RunFlags } from "./run-flags.ts";
import { runTrainer } from "./run-trainer.ts";
import type { SftCommandSettings } from "./sft-settings.ts";
import { print } from "./visible.ts";

/** Fine-tunes as the settings say, and tells how it goes: progress on standard error, with `json` a line a step on standard output. */
export async function runSft(settings: SftCommandSettings, { json, ...use }: RunFlags): Promise<void> {
  const { out, data, evalData, lora, recompute, skipBadLines, options } = settings;
  await refuseOut(out, use);
  const reader = dataReader({ skipBadLines });
  const { rows: examples } = await reader.read(readExamples, data);
  const heldOut = evalData === undefined ? [] : (await reader.read(readExamples, evalData)).rows;

  const steps = await disposing(async (own) => {
    const before = own(endedBySignal());
    const backend = await prepareChosenBackend();
    const adapter = lora && { ...lora, seed: options.seed };
    const policy = own(await resolvePolicy(settings.policy, { lora: adapter, recompute }));
    const trainer = own(await SFTTrainer.create({ policy, ...options }));
    const display = runDisplay({ json, steps: () => trainer.totalSteps });
    sayBackend(display, backend);
    const train = () =>
      runTrainer({
        display,
        before,
        train: (how) =>
          trainer.train(
            examples.map(({ row }) => row),
            {
              ...how,
              ...use,
              out,
              ...(evalData !== undefined && { evaluationData: heldOut.map(({ row }) => row) }),
              config: dataRunConfig(settings, backend),
            },
          ),
        stepsDone: () => trainer.step,
        figures,
        evaluated,
      });
    await namingLines([...examples, ...heldOut], train);
    return trainer.totalSteps;
  });
  reader.tellSkipped();
  if (!json) print(`${steps} steps done; the trained ${lora ? "adapter" : "policy"} is in ${out}/final\n`);
}

const figures = ({ loss, metrics }: SftStepResult) => ({ loss, "tokens/s": metrics.tokens_per_second! });

const evaluated = ({ step, loss, perplexity }: SftEvaluation): string =>
  `step ${step}: held-out loss ${loss.toFixed(3)}, perplexity ${perplexity.toFixed(2)}`;
