import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listFiles, modelInfo } from "@huggingface/hub";
import { boundedFetch } from "./bounded-fetch.ts";
import { downloadBlob } from "./download-blob.ts";
import { HubError } from "./error.ts";
import { bothReadings, type HubId } from "./hub-id.ts";
import { type ListedFile, listedFile } from "./listed-file.ts";
import { indexFile, listedShards } from "./policy-files.ts";
import { linkBlob, type ModelCache, writeRef } from "./snapshot.ts";
import { isFile, type WantedFiles } from "./wanted-files.ts";

/** How far a download is, over all files that were missing. */
export interface DownloadProgress {
  /** The file that is coming now. */
  readonly file: string;
  readonly receivedBytes: number;
  /** Grows once where weights are split, when their index has come. */
  readonly totalBytes: number;
}

interface SnapshotDownload {
  readonly id: HubId;
  readonly wanted: WantedFiles;
  readonly cache: ModelCache;
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal | undefined;
  /** How long a transfer may bring nothing. */
  readonly stallMs: number;
  /** How long the hub may take to tell what it has. */
  readonly answerMs: number;
  onProgress(progress: DownloadProgress): void;
}

/** Downloads what is missing of a revision and gives its folder. Weights come last: where they are, the rest is. */
export async function downloadSnapshot(download: SnapshotDownload): Promise<string> {
  const { id, wanted, cache } = download;
  const { commit, files } = await askHub(download);
  const { small, whole } = wanted.choose(files, id);
  await writeRef(cache, id, commit);
  const folder = cache.snapshot(commit);
  const progress = { receivedBytes: 0, totalBytes: 0 };
  const take = async (some: readonly ListedFile[]): Promise<void> => {
    progress.totalBytes += some.reduce((sum, { size }) => sum + size, 0);
    for (const file of some) await takeFile({ ...download, commit, folder, file, progress });
  };
  await take(whole === undefined ? small : [...small, whole]);
  if (whole === undefined) await take(listedShards(await readFile(join(folder, indexFile), "utf8"), files, id));
  return folder;
}

/** The commit at which a revision stands, and its files by name. */
async function askHub({ id, wanted, endpoint, token, fetch, signal, answerMs }: SnapshotDownload) {
  const deadline = () => AbortSignal.timeout(answerMs);
  const bounded = boundedFetch(fetch);
  const hub = {
    hubUrl: endpoint,
    revision: id.revision,
    ...(token === undefined ? {} : { accessToken: token }),
    fetch: ((input, init) =>
      bounded(input, { ...init, signal: signal === undefined ? deadline() : AbortSignal.any([signal, deadline()]) })) as typeof fetch,
  };
  const { sha: commit } = await modelInfo({ ...hub, name: id.name, additionalFields: ["sha"] });
  if (!/^[0-9a-f]{40}$/.test(commit))
    throw new HubError("hub-failed", `${bothReadings(id)} stands at ${JSON.stringify(commit)}, which is no commit: is ${endpoint} a hub?`);
  const files = new Map<string, ListedFile>();
  const repo = { type: "model", name: id.name } as const;
  for await (const entry of listFiles({ ...hub, repo, revision: commit, recursive: wanted.inFolders })) {
    const file = listedFile(entry, id);
    if (file !== undefined) files.set(file.name, file);
  }
  return { commit, files };
}

async function takeFile({
  id,
  cache,
  endpoint,
  token,
  commit,
  folder,
  file,
  progress,
  onProgress,
  ...rest
}: SnapshotDownload & { commit: string; folder: string; file: ListedFile; progress: { receivedBytes: number; totalBytes: number } }) {
  const before = progress.receivedBytes;
  const onBytes = (received: number): void => {
    progress.receivedBytes = before + received;
    onProgress({ file: file.name, ...progress });
  };
  const blob = join(cache.blobs, file.hash);
  if (!(await isFile(join(folder, file.name), file.size))) {
    if (!(await isFile(blob, file.size))) {
      const url = `${endpoint}/${id.name}/resolve/${commit}/${file.name}`;
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
      await downloadBlob({ ...rest, url, file, blobs: cache.blobs, headers, onBytes });
    }
    await linkBlob(blob, join(folder, file.name));
  }
  onBytes(file.size);
}
