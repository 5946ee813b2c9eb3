import { openSafetensors, type SafetensorsFile } from "@cai/safetensors";
import { join, readFile } from "@cai/whole-file/system";
import { CheckpointError } from "./error.ts";
import { broken, verifyManifest } from "./manifest.ts";

/** A checkpoint whose every byte was compared with its manifest. */
export interface Checkpoint {
  readonly directory: string;
  /** What was given as `state`; check its shape before use, it may come from another version. */
  readonly state: unknown;
  readonly metadata: Readonly<Record<string, string>>;
  /** Opens one of the safetensors files; the caller closes it. */
  openTensors(file: string): Promise<SafetensorsFile>;
}

/**
 * Reads a checkpoint, after every file was compared with the manifest: length and SHA-256.
 *
 * @throws CheckpointError `broken`, with the file's name, for a missing, truncated or changed file; `cannot-read` where the system refuses
 * @example
 * const { state, openTensors } = await readCheckpoint("runs/first/checkpoints/step-000010");
 * const file = await openTensors("policy.safetensors");
 * console.log(state, file.names);
 * await file.close();
 */
export async function readCheckpoint(directory: string): Promise<Checkpoint> {
  const { files, metadata } = await verifyManifest(directory);
  const state = parseState(directory, await readFile(join(directory, "state.json"), "utf8"));
  const openTensors = async (file: string): Promise<SafetensorsFile> => {
    if (!Object.hasOwn(files, file)) {
      throw new CheckpointError("unknown-file", `${directory} has no file "${file}", only ${Object.keys(files).join(", ")}`);
    }
    return openSafetensors(join(directory, file));
  };
  return { directory, state, metadata, openTensors };
}

/** A seal tells that these are the bytes that were written, and nothing of what they are. */
function parseState(directory: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw broken(directory, "state.json is not JSON", cause);
  }
}
