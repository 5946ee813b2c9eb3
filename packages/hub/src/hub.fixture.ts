import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHubServer, tinyGpt2 } from "@cai/testing";
import { afterAll, beforeEach, expect, vi } from "vitest";
import type { HubError } from "./error.ts";
import { type ResolveModelOptions, resolveModel } from "./resolve-model.ts";

/** What the server has under every name. */
export const model = tinyGpt2;
export const weights = "model.safetensors";
export const [main, v1, other] = ["a", "b", "c"].map((letter) => letter.repeat(40)) as [string, string, string];
/** Port 9 is the discard service's, and nobody's here. */
export const nowhere = "http://127.0.0.1:9";

/** A hub in a process of its own, for the tests of one file, which see no settings of the machine's. */
export async function startHub() {
  const root = await mkdtemp(join(tmpdir(), "hub-"));
  const { endpoint, stop } = await startHubServer(model);
  beforeEach(() => {
    for (const name of ["HF_TOKEN", "HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_ETAG_TIMEOUT"])
      vi.stubEnv(name, undefined);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    stop();
    await rm(root, { recursive: true });
  });
  return {
    root,
    endpoint,
    /** A cache of its own, and what asks the server with it. */
    async cache() {
      const cacheDir = await mkdtemp(join(root, "cache-"));
      const resolve = (source: string, options: ResolveModelOptions = {}) => resolveModel(source, { endpoint, cacheDir, ...options });
      return { cacheDir, resolve, folderOf: (id: string) => join(cacheDir, `models--${id.replace("/", "--")}`) };
    },
    /** The requests about a model, in order; commits shortened to a letter, ranges behind the path. */
    async requestsOf(id: string): Promise<string[]> {
      const log = (await (await fetch(`${endpoint}/log`)).json()) as string[];
      return log.filter((line) => line.includes(`/${id}/`));
    },
  };
}

export const errorOf = (promise: Promise<unknown>): Promise<HubError> =>
  promise.then(
    () => expect.unreachable(),
    (error) => error,
  );

export const expectWeights = async (folder: string) =>
  expect(Buffer.compare(await readFile(join(folder, weights)), await readFile(join(model, weights)))).toBe(0);
