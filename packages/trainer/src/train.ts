import type { Evaluation } from "./evaluation.ts";
import type { PPOTrainer } from "./ppo-trainer.ts";
import type { RunOptions, TrainingHistory } from "./ppo-trainer-options.ts";
import { progressLine } from "./progress.ts";
import type { Prompt } from "./prompt-tokens.ts";
import { finalDirectory, wholeHistory } from "./run.ts";
import type { StepResult } from "./step-result.ts";

/** Consumes a trainer's steps: shows how far they are, and gathers what they gave. */
export async function trainToTheEnd(trainer: PPOTrainer, prompts: readonly Prompt[], options: RunOptions): Promise<TrainingHistory> {
  const { callbacks, out, progress = process.stderr.isTTY === true } = options;
  const results: StepResult[] = [];
  const evaluations: Evaluation[] = [];
  const onEvaluation = (evaluation: Evaluation) => {
    evaluations.push(evaluation);
    return callbacks?.onEvaluation?.(evaluation);
  };
  const line = progress ? progressLine(options.steps ?? trainer.hyperparameters.steps) : undefined;
  try {
    for await (const result of trainer.steps(prompts, { ...options, callbacks: { ...callbacks, onEvaluation } })) {
      results.push(result);
      line?.show(result);
    }
  } finally {
    line?.end();
  }
  return { steps: await wholeHistory(results, out), evaluations, final: out === undefined ? undefined : finalDirectory(out) };
}
