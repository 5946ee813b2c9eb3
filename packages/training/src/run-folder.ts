import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openRunLog, type RunLog } from "@cai/run-log";
import type { EvaluationReport, StepReport } from "./stage.ts";

/**
 * What a run leaves beside its checkpoints: `config.json`, `metrics.jsonl`, `samples.jsonl`, `tensorboard/`, `final/`. Made with the first
 * complete step.
 */
export class RunFolder {
  readonly #directory: string;
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #resume: boolean;
  #log: RunLog | undefined;

  constructor({
    directory,
    config,
    resume,
  }: {
    readonly directory: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly resume: boolean;
  }) {
    this.#directory = directory;
    this.#config = config;
    this.#resume = resume;
  }

  /** Writes a step's numbers and samples. */
  async record({ step, metrics, samples }: StepReport, evaluation: EvaluationReport | undefined): Promise<void> {
    this.#log ??= await this.#open(step);
    await this.#log.metrics(step, { ...metrics, ...evaluation?.metrics });
    await this.#log.samples(step, samples);
  }

  /** What was trained, for others to load. */
  async finish(stage: { save(directory: string): Promise<void> }): Promise<void> {
    await stage.save(finalDirectory(this.#directory));
  }

  async close(): Promise<void> {
    await this.#log?.close();
  }

  async #open(firstStep: number): Promise<RunLog> {
    if (this.#resume) await rm(finalDirectory(this.#directory), { recursive: true, force: true });
    return openRunLog({ directory: this.#directory, config: this.#config, ...(this.#resume && { resumeAtStep: firstStep }) });
  }
}

/** Where a run leaves what it trained. */
export function finalDirectory(out: string): string {
  return join(out, "final");
}
