import { openRunLog, type RunLog } from "@cai/run-log";
import { type OwnerLock, syncFolder, temporaryName, wholeFiles } from "@cai/whole-file";
import { join, readdir, rename, rm } from "@cai/whole-file/system";
import { TrainingError } from "./error.ts";
import { writeFailedStep } from "./failed-step.ts";
import type { FolderUse } from "./fit-folder.ts";
import type { EvaluationReport, StepReport } from "./stage.ts";
import type { RunConfig } from "./stored-config.ts";

const files = wholeFiles(TrainingError);

/**
 * What a run leaves beside its checkpoints: `config.json`, `metrics.jsonl`, `samples.jsonl`, `evaluation-samples.jsonl`, `draws.jsonl`,
 * `tensorboard/`, `failed-step/`, `final/`. Until the first step is complete there is a lock alone, and what an earlier start left stays as it was.
 */
export class RunFolder {
  readonly #directory: string;
  readonly #config: RunConfig;
  readonly #use: FolderUse;
  readonly #lock: OwnerLock;
  #log: RunLog | undefined;
  #before: EvaluationReport | undefined;

  constructor({
    directory,
    config,
    use,
    lock,
  }: {
    readonly directory: string;
    readonly config: RunConfig;
    readonly use: FolderUse;
    /** Given back by `close`. */
    readonly lock: OwnerLock;
  }) {
    this.#directory = directory;
    this.#config = config;
    this.#use = use;
    this.#lock = lock;
  }

  /** Takes a look that was made before the first step; it is written with that step. */
  keep(evaluation: EvaluationReport): void {
    this.#before = evaluation;
  }

  /** Writes a step's numbers and samples; of one that failed, in place of an earlier one, what it learned from. */
  async record({ step, metrics, samples, drawnAfter, failed }: StepReport, evaluation: EvaluationReport | undefined): Promise<void> {
    this.#log ??= await this.#open(step);
    if (drawnAfter) await this.#log.draws(step, drawnAfter);
    await this.#log.metrics(step, { ...metrics, ...evaluation?.metrics });
    await this.#log.samples(step, samples);
    for (const look of [this.#before, evaluation]) if (look?.samples) await this.#log.evaluationSamples(look.step, look.samples);
    this.#before = undefined;
    if (failed) await this.#replace("failed-step", (partial) => writeFailedStep(partial, step, failed));
  }

  /** What was trained, for others to load. */
  async finish(stage: { save(directory: string): Promise<void> }): Promise<void> {
    await this.#replace("final", (partial) => stage.save(partial));
  }

  async close(): Promise<void> {
    await this.#log?.close();
    await this.#lock.release();
  }

  async #open(firstStep: number): Promise<RunLog> {
    const { resume, overwrite } = this.#use;
    if (overwrite) for (const name of ["checkpoints", "failed-step", "tensorboard", ...logs]) await this.#remove(name);
    if (resume || overwrite) await this.#remove("final");
    const goesOn = (resume || overwrite) && { resumeAtStep: firstStep };
    const log = await openRunLog({ directory: this.#directory, config: this.#config, ...goesOn });
    // It tells a run that was stopped before its first checkpoint from one whose checkpoints are gone.
    await files.makeFolder(join(this.#directory, "checkpoints"));
    return log;
  }

  /** A folder with new content: there as a whole or not at all. */
  async #replace(name: string, fill: (partial: string) => Promise<void>): Promise<void> {
    const path = join(this.#directory, name);
    const partial = temporaryName(path);
    try {
      await fill(partial);
      await this.#remove(name);
      await rename(partial, path);
      await syncFolder(this.#directory);
    } catch (error) {
      await rm(partial, { recursive: true, force: true }).catch(() => {}); // the error above tells more
      throw error;
    }
  }

  /** Takes the name away in one step, so that a part of what is removed is never taken for the whole. */
  async #remove(name: string): Promise<void> {
    if (!(await readdir(this.#directory)).includes(name)) return;
    const path = join(this.#directory, name);
    const removed = temporaryName(path);
    await rename(path, removed);
    await rm(removed, { recursive: true, force: true });
  }
}

const logs = ["metrics.jsonl", "samples.jsonl", "evaluation-samples.jsonl", "draws.jsonl"];

/** Where a run leaves what it trained. */
export function finalDirectory(out: string): string {
  return join(out, "final");
}
