import { copyFile, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { getHFHubCachePath, getRepoFolderName } from "@huggingface/hub";
import type { HubId } from "./hub-id.ts";
import type { WantedFiles } from "./wanted-files.ts";

/** Where one model lies in Hugging Face's cache: `blobs/` by content, `snapshots/<commit>/` with links to them, `refs/<branch>`. */
export interface ModelCache {
  readonly folder: string;
  readonly blobs: string;
  snapshot(commit: string): string;
}

/** `cacheDir` is by default what `HF_HUB_CACHE` or `HF_HOME` say, or `~/.cache/huggingface/hub`. */
export function modelCache({ name }: HubId, cacheDir: string = getHFHubCachePath()): ModelCache {
  const folder = join(cacheDir, getRepoFolderName({ type: "model", name }));
  return { folder, blobs: join(folder, "blobs"), snapshot: (commit) => join(folder, "snapshots", commit) };
}

/** The folder where a revision is or would be, and which of the files that a model can't do without are missing there. */
export async function cachedSnapshot(
  cache: ModelCache,
  { revision }: HubId,
  wanted: WantedFiles,
): Promise<{ folder: string; missing: readonly string[] }> {
  // A folder that somebody filled by hand may be called as the branch is.
  const commit = (await textOf(join(cache.folder, "refs", revision)))?.trim() || revision;
  const folder = cache.snapshot(/^[0-9a-f]{40}$/.test(commit) ? commit : revision);
  return { folder, missing: await wanted.missingIn(folder) };
}

/** Notes that a branch or tag stands at this commit. */
export async function writeRef(cache: ModelCache, { revision }: HubId, commit: string): Promise<void> {
  if (revision === commit) return;
  const path = join(cache.folder, "refs", revision);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, commit);
}

/** Puts a blob into a snapshot under its name; as a copy where the system allows no links. */
export async function linkBlob(blob: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  try {
    await symlink(relative(dirname(path), blob), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") await copyFile(blob, path); // another process may have been faster
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
