import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Json } from "@cai/training";
import { lockFolder } from "@cai/whole-file";
import { contentHash } from "../content-hash.ts";
import { ConstitutionError } from "../error.ts";
import { packageVersion } from "../package-version.ts";
import { hashFiles } from "./hash-files.ts";
import { describeOtherVersions, type Manifest, readManifest, type StageRecord, writeManifest } from "./manifest.ts";
import { pipelinePace } from "./pipeline-pace.ts";
import type { PipelineStage, StageProduct } from "./stage.ts";

/** How far a pipeline is. */
export interface PipelineProgress {
  readonly stage: string;
  /** Of the stage, from 1. */
  readonly number: number;
  readonly stages: number;
  /** Of the stage, from 0 to 1. */
  readonly share: number;
  /** Of the whole pipeline; undefined until it can be told. */
  readonly secondsLeft: number | undefined;
}

/** Where a pipeline leaves its products, and how it goes. */
export interface PipelineRunOptions {
  readonly out: string;
  /** Kept in the manifest, for people. */
  readonly config: Json;
  /** Go on in the folder: stages whose inputs are unchanged are not run again. Without it a folder that holds a pipeline is refused. */
  readonly resume?: boolean;
  /** A stage that was stopped goes on although its trainer would compute otherwise now: on another backend, with other kernels. */
  readonly allowChanges?: boolean;
  /** Of what the stages are made with, kept in the manifest. Default: this package's. */
  readonly version?: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: PipelineProgress) => void;
  /** A stage has ended, or was found done. */
  readonly onStage?: (stage: { readonly name: string; readonly skipped: boolean; readonly seconds: number } & StageProduct) => void;
  readonly onNotice?: (line: string) => void;
}

/**
 * Runs stages in their order, each in a folder of its own below `out`, and keeps in `manifest.json` what each was made from. A stage is not run
 * again while its inputs and the bytes of its product are the same; one that was stopped goes on; one whose inputs changed begins anew. The
 * code is not among the inputs, nor the wording of prompts in it: what another version made or began is kept, as by trainers, and `onNotice` is told.
 * The folder is locked meanwhile.
 *
 * @returns what every stage made, and the seconds that it took over all starts.
 * @throws ConstitutionError `pipeline-exists`, `locked`, `cannot-lock`, before anything is written; what stages throw.
 */
export async function runPipeline(stages: readonly PipelineStage[], options: PipelineRunOptions): Promise<readonly StageRecord[]> {
  await refusePipeline(options);
  const lock = await lockFolder(options.out, ConstitutionError);
  try {
    return await runLocked(stages, options);
  } finally {
    await lock.release();
  }
}

/** What the folder holds of a pipeline. */
async function refusePipeline({ out, resume = false }: PipelineRunOptions): Promise<Manifest | undefined> {
  const found = await readManifest(out);
  if (found !== undefined && !resume)
    throw new ConstitutionError("pipeline-exists", `${out} holds a pipeline already: go on with it (resume), or give another folder`);
  return found;
}

async function runLocked(stages: readonly PipelineStage[], options: PipelineRunOptions): Promise<readonly StageRecord[]> {
  const { out, config, allowChanges = false, version = packageVersion(), signal, onProgress, onStage, onNotice = () => {} } = options;
  const found = await refusePipeline(options);
  const pace = pipelinePace(stages);
  const records: StageRecord[] = [];
  const products = new Map<string, StageProduct>();
  const kept = new Map((found?.stages ?? []).map((record) => [record.name, record]));
  const save = (...changed: StageRecord[]) => writeManifest(out, manifestOf(config, [...records, ...changed], kept));

  for (const [index, stage] of stages.entries()) {
    signal?.throwIfAborted();
    const directory = join(out, stage.name);
    const inputs = contentHash(stage.inputs(products));
    const earlier = kept.get(stage.name);
    const isSame = earlier?.inputs === inputs;
    const isDone = isSame && earlier.state === "done" && (await isWhole(directory, earlier));
    const report = (share: number) =>
      onProgress?.({ stage: stage.name, number: index + 1, stages: stages.length, share, secondsLeft: pace.secondsLeft(index, share) });
    const goesOn = isSame && earlier.state === "running" && existsSync(directory);
    const byOthers = isDone || goesOn ? describeOtherVersions(earlier, version) : undefined;
    if (byOthers !== undefined) onNotice(`${stage.name}: ${byOthers}; to make it anew, remove ${directory}`);
    let record: StageRecord;
    if (isDone) {
      record = earlier;
      pace.skip(index);
    } else {
      if (earlier !== undefined && !goesOn) {
        onNotice(
          isSame ? `${stage.name}: its files have changed: it is made anew` : `${stage.name}: its inputs have changed: it is made anew`,
        );
        await rm(directory, { recursive: true, force: true });
      }
      await mkdir(directory, { recursive: true });
      const before = goesOn ? earlier : { versions: [], seconds: 0 };
      const versions = [...before.versions.filter((other) => other !== version), version];
      const begun: StageRecord = { name: stage.name, inputs, versions, state: "running", seconds: before.seconds, files: {}, summary: {} };
      await save(begun);
      const began = performance.now();
      const seconds = () => begun.seconds + (performance.now() - began) / 1000;
      report(0);
      const notice = (line: string) => onNotice(`${stage.name}: ${line}`);
      const made = await stage
        .run({ directory, resume: goesOn, allowChanges, products, signal, progress: report, notice })
        .catch(async (error) => {
          await save({ ...begun, seconds: seconds() });
          throw error;
        });
      record = { ...begun, state: "done", seconds: seconds(), files: await hashFiles(directory, made.paths), summary: made.summary };
      await save(record);
    }
    kept.delete(stage.name);
    records.push(record);
    products.set(stage.name, record);
    report(1);
    onStage?.({ name: record.name, skipped: isDone, seconds: record.seconds, files: record.files, summary: record.summary });
  }
  return records;
}

/** Stages that are yet to come stay known from an earlier start, since they may turn out to be unchanged. */
function manifestOf(config: Json, records: readonly StageRecord[], kept: ReadonlyMap<string, StageRecord>): Manifest {
  const names = new Set(records.map(({ name }) => name));
  return { format: 1, config, stages: [...records, ...[...kept.values()].filter(({ name }) => !names.has(name))] };
}

async function isWhole(directory: string, { files }: StageRecord): Promise<boolean> {
  const found = await hashFiles(directory, Object.keys(files)).catch(() => undefined);
  return isDeepStrictEqual(found, files);
}
