import { type TensorSource, writeSafetensors } from "@cai/safetensors";
import { isTemporary, syncFolder, wholeFiles } from "@cai/whole-file";
import { basename, dirname, exists, join, mkdir, readdir, rename, rm } from "@cai/whole-file/system";
import { checkFileName, isPartial, originalName, partialName, replacedName, stepOf } from "./checkpoint-names.ts";
import { digestText } from "./digest.ts";
import { CheckpointError } from "./error.ts";
import { type FileDigest, manifestName, renderManifest } from "./manifest.ts";
import { findNotJson } from "./plain-json.ts";

const files = wholeFiles(CheckpointError);

/** What goes into a checkpoint, and where. */
export interface CheckpointContents {
  /** The folder that becomes the checkpoint, usually `<run>/checkpoints/step-000010` (see `checkpointName`). */
  readonly directory: string;
  /** Plain JSON. Non-finite numbers, typed arrays, maps and dates are refused: they would come back as something else. */
  readonly state: unknown;
  /** Safetensors files by name; the tensors of each are asked for one at a time. */
  readonly tensors: Readonly<Record<string, TensorSource>>;
  /** Strings to keep in the manifest, versions for instance. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** After the write, only so many checkpoints up to this step are kept, at least this one. Default: all. */
  readonly keep?: number;
  /** The name of one that is kept beside them, the best so far say. */
  readonly spare?: string;
}

/**
 * Writes a checkpoint so that it is there as a whole or not at all.
 *
 * Everything is written into a folder beside (`.step-000010.partial`), each file flushed to the disk, with a manifest of lengths and
 * SHA-256 digests last; then the folder is renamed into place and `latest`, a text file beside it, is replaced. Killed at any moment,
 * the folder still holds the earlier checkpoint, and a rest that the next write removes. A checkpoint of the same step is replaced: at every
 * moment the old one (meanwhile named `step-000010~`) or the new one is complete.
 *
 * `latest` and `keep` concern folders named `step-<number>` only. One process writes to a folder of checkpoints at a time.
 *
 * @throws CheckpointError `state-not-json`, `file-name`, before anything is written; `cannot-write`
 * @example
 * await writeCheckpoint({
 *   directory: "runs/first/checkpoints/step-000010",
 *   state: { step: 10, klCoefficient: 0.1 },
 *   tensors: {
 *     "policy.safetensors": { entries: [{ name: "w", dtype: "F32", shape: [2] }], data: () => new Float32Array([1, 2]) },
 *   },
 * });
 */
export async function writeCheckpoint(contents: CheckpointContents): Promise<void> {
  const { directory, tensors, metadata = {} } = contents;
  const stateText = renderState(contents.state);
  for (const file of Object.keys(tensors)) checkFileName(file);
  if ("state.json" in tensors) throw new CheckpointError("file-name", '"state.json" holds the state: give the tensors another file name');

  const folder = dirname(directory);
  const name = basename(directory);
  const numbered = stepOf(name) !== undefined;
  await files.makeFolder(folder);
  await clearRests(folder, name);

  const partial = join(folder, partialName(name));
  try {
    await mkdir(partial);
    const digests: Record<string, FileDigest> = {};
    for (const [file, source] of Object.entries(tensors)) {
      const { byteLength, sha256 } = await writeSafetensors(join(partial, file), source);
      digests[file] = { byteLength, sha256 };
    }
    await files.write(join(partial, "state.json"), stateText);
    digests["state.json"] = digestText(stateText);
    await files.write(join(partial, manifestName), renderManifest({ files: digests, metadata }));
    await syncFolder(partial);
    await putInPlace(partial, directory);
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
  if (numbered) await files.write(join(folder, "latest"), `${name}\n`);
  await rm(join(folder, replacedName(name)), { recursive: true, force: true });
  if (numbered && contents.keep !== undefined) await prune(folder, name, contents.keep, contents.spare);
}

function renderState(state: unknown): string {
  const found = findNotJson(state, "state");
  if (found !== undefined) {
    const advice = "pass plain objects, arrays, strings, booleans and finite numbers";
    throw new CheckpointError("state-not-json", `${found} would not survive JSON: ${advice}; put arrays of numbers into tensors`);
  }
  return `${JSON.stringify(state, null, 2)}\n`;
}

async function putInPlace(partial: string, directory: string): Promise<void> {
  if (await exists(directory)) await rename(directory, replacedName(directory));
  await rename(partial, directory);
  await syncFolder(dirname(directory));
}

/** Clears what a killed write or removal left: parts are removed, and a checkpoint that was about to be replaced gets its name back. */
async function clearRests(folder: string, name: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const path = join(folder, entry);
    if (isPartial(entry) || isTemporary(entry) || entry === partialName(name)) await rm(path, { recursive: true });
    const original = originalName(entry);
    if (original === undefined || (original !== name && stepOf(original) === undefined)) continue;
    if (await exists(join(folder, original))) await rm(path, { recursive: true });
    else await rename(path, join(folder, original));
  }
}

/** Steps above the one just written belong to a run that was taken up again before them: they are left alone. */
async function prune(folder: string, newest: string, keep: number, spare: string | undefined): Promise<void> {
  const step = (name: string): number => stepOf(name) ?? Number.POSITIVE_INFINITY;
  const names = (await readdir(folder)).filter((name) => step(name) <= step(newest)).sort((a, b) => step(b) - step(a));
  for (const name of names.slice(Math.max(keep, 1))) {
    if (name === spare) continue;
    const removed = join(folder, partialName(name));
    await rename(join(folder, name), removed); // so that a removal cut short never looks like a checkpoint
    await rm(removed, { recursive: true, force: true });
  }
}
