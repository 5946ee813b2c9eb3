import { digestFile } from "@cai/whole-file";
import { basename, join, readFile } from "@cai/whole-file/system";
import { checkFileName } from "./checkpoint-names.ts";
import { digestText } from "./digest.ts";
import { CheckpointError } from "./error.ts";
import { refuseUnreadable } from "./refuse-unreadable.ts";

export const manifestName = "manifest.json";
const format = 1;

export interface FileDigest {
  readonly byteLength: number;
  readonly sha256: string;
}

/** What a complete checkpoint holds. */
export interface Manifest {
  readonly files: Readonly<Record<string, FileDigest>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The manifest's text; it closes with its own SHA-256, so that no byte of it can change unnoticed. */
export function renderManifest({ files, metadata }: Manifest): string {
  const body = { format, metadata, files };
  return `${JSON.stringify({ ...body, sha256: digestText(JSON.stringify(body)).sha256 }, null, 2)}\n`;
}

/**
 * Reads the manifest and compares every file with it.
 *
 * @throws CheckpointError `broken`, which names the first file that differs; `cannot-read`
 */
export async function verifyManifest(directory: string): Promise<Manifest> {
  const manifest = parseManifest(directory, await readManifest(directory));
  for (const [name, expected] of Object.entries(manifest.files)) {
    checkFileName(name);
    const found = await digestFile(join(directory, name)).catch((cause: unknown) => {
      refuseUnreadable(join(directory, name), cause);
      throw broken(directory, `${name} can't be read`, cause);
    });
    if (found.byteLength !== expected.byteLength) {
      throw broken(directory, `${name} has ${found.byteLength} bytes, its manifest says ${expected.byteLength}`);
    }
    if (found.sha256 !== expected.sha256) throw broken(directory, `${name} is not what was written: its SHA-256 differs`);
  }
  return manifest;
}

async function readManifest(directory: string): Promise<string> {
  try {
    return await readFile(join(directory, manifestName), "utf8");
  } catch (cause) {
    refuseUnreadable(join(directory, manifestName), cause);
    throw broken(directory, `${manifestName} can't be read`, cause);
  }
}

function parseManifest(directory: string, text: string): Manifest {
  let parsed: (Partial<Manifest> & { format?: unknown }) | undefined;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw broken(directory, `${manifestName} is not whole`, cause);
  }
  if (typeof parsed?.format === "number" && parsed.format > format) {
    throw broken(directory, `${manifestName} has format ${parsed.format}, this version reads ${format}: update @cai/checkpoint`);
  }
  // A manifest of ours is rendered to the same bytes again; anything else was changed after it was written.
  if (!isManifest(parsed) || renderManifest(parsed) !== text) throw broken(directory, `${manifestName} is not what was written`);
  return { files: parsed.files, metadata: parsed.metadata };
}

function isManifest(value: Partial<Manifest> | undefined | null): value is Manifest {
  if (typeof value?.files !== "object" || value.files === null || typeof value.metadata !== "object") return false;
  const digests = Object.values(value.files) as (Partial<FileDigest> | null)[];
  return Object.hasOwn(value.files, "state.json") && digests.every((digest) => typeof digest?.byteLength === "number");
}

export function broken(directory: string, what: string, cause?: unknown): CheckpointError {
  const message = `The checkpoint ${basename(directory)} is broken: ${what} (in ${directory}). Use an earlier checkpoint.`;
  return new CheckpointError("broken", message, { cause });
}
