import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { checkpointName, latestCheckpoint } from "@cai/checkpoint";
import { openRunLog, type RunLog, readMetrics, refuseExistingRun } from "@cai/run-log";
import * as tf from "@tensorflow/tfjs-core";
import type { Evaluation } from "./evaluation.ts";
import type { PPOTrainer } from "./ppo-trainer.ts";
import type { RunOptions, TrainingHistory } from "./ppo-trainer-options.ts";
import type { StepResult } from "./step-result.ts";

/**
 * The folder of a run: what is written beside the training itself, and when. Without a folder nothing is written.
 * The layout: `config.json`, `metrics.jsonl`, `samples.jsonl`, `tensorboard/`, `checkpoints/step-000010/`, `final/`.
 * The folder is made with the first complete step, so that bad input or a broken reward model leaves nothing behind.
 */
export class Run {
  readonly #trainer: PPOTrainer;
  readonly #options: RunOptions;
  readonly #steps: number;
  #log: RunLog | undefined;
  #checkpointed: number;

  private constructor(trainer: PPOTrainer, options: RunOptions, steps: number) {
    this.#trainer = trainer;
    this.#options = options;
    this.#steps = steps;
    this.#checkpointed = trainer.step;
  }

  /** Restores the newest complete checkpoint where asked to; refuses a folder that holds a run otherwise. */
  static async open(trainer: PPOTrainer, options: RunOptions, steps: number): Promise<Run> {
    const { out, resume } = options;
    if (out !== undefined && !resume) await refuseExistingRun(out);
    if (out !== undefined && resume) {
      const { checkpoint, skipped } = await latestCheckpoint(join(out, "checkpoints"));
      for (const reason of skipped) process.stderr.write(`${reason}\n`);
      if (checkpoint !== undefined) await trainer.loadCheckpoint(checkpoint.directory);
      else process.stderr.write(`${await startingOver(out, skipped.length)}\n`);
    }
    return new Run(trainer, options, steps);
  }

  /** Writes a step's numbers and samples, and a checkpoint where one is due. */
  async record(result: StepResult, evaluation: Evaluation | undefined): Promise<void> {
    const { out } = this.#options;
    if (out === undefined) return;
    this.#log ??= await this.#openLog(out, result.step);
    const held = evaluation && {
      "eval/scores": evaluation.meanScore,
      "eval/scores_std": evaluation.stdScore,
      "eval/kl_per_token": evaluation.klPerToken,
    };
    await this.#log.metrics(result.step, { ...result.metrics, ...held });
    await this.#log.samples(result.step, result.samples);
    const every = this.#trainer.hyperparameters.checkpointEvery;
    if (every > 0 && result.step % every === 0) await this.checkpoint();
  }

  /** Saves the state after the last complete step, unless that was done. */
  async checkpoint(): Promise<void> {
    const { out, callbacks } = this.#options;
    if (out === undefined || this.#checkpointed === this.#trainer.step) return;
    const directory = join(out, "checkpoints", checkpointName(this.#trainer.step));
    await this.#trainer.saveCheckpoint(directory);
    this.#checkpointed = this.#trainer.step;
    await callbacks?.onCheckpoint?.(directory);
  }

  /** The end of a run that made all its steps: a last checkpoint, and the policy for others to load. */
  async finish(): Promise<void> {
    await this.checkpoint();
    if (this.#options.out !== undefined) await this.#trainer.parts.policy.save(finalDirectory(this.#options.out));
  }

  async close(): Promise<void> {
    await this.#log?.close();
  }

  async #openLog(directory: string, firstStep: number): Promise<RunLog> {
    const { resume, config } = this.#options;
    if (resume) await rm(finalDirectory(directory), { recursive: true, force: true });
    return openRunLog({
      directory,
      config: { ...config, ...this.#trainer.hyperparameters, steps: this.#steps, versions: versions() },
      ...(resume && { resumeAtStep: firstStep }),
    });
  }
}

/** Whoever mistyped the folder's name sees it here. */
async function startingOver(out: string, broken: number): Promise<string> {
  const steps = (await readMetrics(out)).length;
  if (steps + broken === 0) return `no run at ${out}: starting a new one`;
  return `the run at ${out} logged ${steps} ${steps === 1 ? "step" : "steps"} but has no complete checkpoint: starting it over`;
}

/** Where a run leaves its trained policy. */
export function finalDirectory(out: string): string {
  return join(out, "final");
}

/** The metrics of every step of a run: those of the folder, where there is one, include the steps before a resume. */
export async function wholeHistory(results: readonly StepResult[], out: string | undefined): Promise<TrainingHistory["steps"]> {
  if (out === undefined) return results;
  return (await readMetrics(out)).map(({ step, values }) => ({ step, metrics: values }));
}

function versions(): Record<string, string> {
  const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
  return { "@cai/trainer": version, "@tensorflow/tfjs-core": tf.version_core, backend: tf.getBackend(), node: process.versions.node };
}
