import { lockName, wholeFiles } from "@cai/whole-file";
import { type FileHandle, join, open, programName, readdir } from "@cai/whole-file/system";
import { RunLogError } from "./error.ts";
import { cutLines, type LineWithStep, renderLines } from "./json-lines.ts";
import { drawsFile } from "./read-draws.ts";
import { encodeEvent, type TensorBoardEvent } from "./tensorboard-event.ts";

const files = wholeFiles(RunLogError);

/** Where a run writes, and what it is. */
export interface RunLogOptions {
  /** The run's folder: made where it is missing. */
  readonly directory: string;
  /** The whole configuration as resolved, with versions and seed: plain JSON, written to `config.json`. */
  readonly config: unknown;
  /**
   * Take up an existing run: the first step that will be logged again. Lines of this step and later ones are cut, and TensorBoard is told
   * so. Without it a folder that holds anything is refused.
   */
  readonly resumeAtStep?: number;
}

/** A prompt, what was generated for it, and its score. */
export interface Sample {
  readonly prompt: string;
  readonly response: string;
  readonly score: number;
  /** What the score is made of, by name. */
  readonly parts?: Readonly<Record<string, number>>;
}

/** An open run. Calls are written in their order; each resolves when its line is in the file. */
export interface RunLog {
  /**
   * The numbers of a step, by name, and as `time/unix` when they were written, in seconds since 1970. JSON has no NaN or infinity: `metrics.jsonl`
   * gets `null` for them, TensorBoard the number itself.
   */
  metrics(step: number, values: Readonly<Record<string, number>>): Promise<void>;
  /** A few samples of a step, a line each; TensorBoard shows them as a text. */
  samples(step: number, samples: readonly Sample[]): Promise<void>;
  /** The answers to held-out prompts after a step, or before the first (0): `evaluation-samples.jsonl`, which is not there without any. */
  evaluationSamples(step: number, samples: readonly Sample[]): Promise<void>;
  /**
   * Which weights drew a step's responses, where they may be older than the step: for each slice of them, in their order, the number of the step after
   * which the weights stood. `draws.jsonl`, which is not there without any.
   */
  draws(step: number, drawnAfter: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a run's folder for writing: `config.json`, `metrics.jsonl`, `samples.jsonl` and `tensorboard/`; `evaluation-samples.jsonl` and
 * `draws.jsonl` with the first line of each.
 *
 * @throws RunLogError `run-exists` for a folder that is not empty, unless `resumeAtStep` is given; `cannot-write`
 * @example
 * const log = await openRunLog({ directory: "runs/second", config: { seed: 7 } });
 * await log.metrics(1, { "objective/kl": 0.02, "objective/scores": 1.5 });
 * await log.samples(1, [{ prompt: "Once", response: " upon a time", score: 1.5 }]);
 * await log.close();
 */
export async function openRunLog({ directory, config, resumeAtStep }: RunLogOptions): Promise<RunLog> {
  if (resumeAtStep === undefined) await refuseExistingRun(directory);
  const metricsPath = join(directory, "metrics.jsonl");
  const samplesPath = join(directory, "samples.jsonl");
  const evaluationPath = join(directory, "evaluation-samples.jsonl");
  const drawsPath = join(directory, drawsFile);
  const boardFolder = join(directory, "tensorboard");
  await files.makeFolder(boardFolder);
  await files.write(join(directory, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
  if (resumeAtStep !== undefined) {
    await cutLines(metricsPath, resumeAtStep);
    await cutLines(samplesPath, resumeAtStep);
    await cutLines(drawsPath, resumeAtStep);
    await cutLines(evaluationPath, resumeAtStep === 1 ? 0 : resumeAtStep); // a run that begins anew evaluates anew before its first step
  }
  const metricsFile = await open(metricsPath, "a").catch(refused(metricsPath));
  const samplesFile = await open(samplesPath, "a").catch(refused(samplesPath));
  const board = await openBoard(boardFolder, resumeAtStep);
  let evaluationFile: FileHandle | undefined;
  let drawsLog: FileHandle | undefined;

  return {
    async metrics(step, values) {
      if ("step" in values)
        throw new RunLogError("metric-name", "A metric can't be named \"step\", which is the line's own number: rename it");
      await metricsFile.appendFile(renderLines([{ step, ...values, "time/unix": Date.now() / 1000 }])).catch(refused(metricsPath));
      await board.write({ kind: "scalars", step, values });
    },
    async samples(step, samples) {
      await samplesFile.appendFile(renderSamples(step, samples)).catch(refused(samplesPath));
      if (samples.length > 0) await board.write({ kind: "table", step, tag: "samples", rows: sampleTable(samples) });
    },
    async evaluationSamples(step, samples) {
      evaluationFile ??= await open(evaluationPath, "a").catch(refused(evaluationPath));
      await evaluationFile.appendFile(renderSamples(step, samples)).catch(refused(evaluationPath));
      if (samples.length > 0)
        await board.write({ kind: "table", step, tag: "evaluation", rows: sampleTable(samples.slice(0, shownAtMost)) });
    },
    async draws(step, drawnAfter) {
      drawsLog ??= await open(drawsPath, "a").catch(refused(drawsPath));
      await drawsLog.appendFile(renderLines([{ step, drawnAfter }])).catch(refused(drawsPath));
    },
    async close() {
      await Promise.all([metricsFile.close(), samplesFile.close(), evaluationFile?.close(), drawsLog?.close(), board.file.close()]);
    },
  };
}

/** Of an evaluation, in TensorBoard; all are in the file. */
const shownAtMost = 16;

const sampleTable = (samples: readonly Sample[]): string[][] => [
  ["prompt", "response", "score"],
  ...samples.map(({ prompt, response, score }) => [prompt, response, score.toFixed(3)]),
];

const renderSamples = (step: number, samples: readonly Sample[]): string =>
  renderLines(
    samples.map(({ prompt, response, score, parts }): LineWithStep => ({ step, prompt, response, score, ...(parts && { parts }) })),
  );

/**
 * The check that `openRunLog` begins with, for those who want to know before they load a model.
 *
 * @throws RunLogError `run-exists` for a folder that holds anything but a lock
 */
export async function refuseExistingRun(directory: string): Promise<void> {
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const [first] = entries.filter((name) => !name.startsWith(lockName));
  if (first === undefined) return;
  throw new RunLogError("run-exists", `${directory} already holds a run, or something else (${first}): resume it, or name another folder`);
}

/** The system tells no path of a file that is open. */
const refused = (path: string) => (cause: Error) => {
  throw new RunLogError("cannot-write", `${path} can't be written: ${cause.message}`, { cause });
};

interface Board {
  readonly file: FileHandle;
  write(event: TensorBoardEvent): Promise<void>;
}

/** A file of its own for each process that takes part in the run, as TensorBoard expects; its name holds when it began. */
async function openBoard(folder: string, resumeAtStep: number | undefined): Promise<Board> {
  const seconds = Math.floor(Date.now() / 1000);
  const used = await readdir(folder);
  const program = programName();
  const prefix = (counter: number): string => `events.out.tfevents.${seconds}.${program}.${counter}`;
  let counter = 0;
  while (used.includes(prefix(counter))) counter++;
  const path = join(folder, prefix(counter));
  const file = await open(path, "ax").catch(refused(path));
  const write = (event: TensorBoardEvent): Promise<void> => file.appendFile(encodeEvent(event, Date.now() / 1000)).catch(refused(path));
  await write({ kind: "version" });
  if (resumeAtStep !== undefined) await write({ kind: "start", step: resumeAtStep });
  return { file, write };
}
