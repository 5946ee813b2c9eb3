import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DashboardError } from "./error.ts";

/** The file that makes a folder a run's: it is there from the first step on. */
export const metricsName = "metrics.jsonl";

const mostDepth = 5;
/** What a run keeps, where no other run is. */
const inner = new Set(["checkpoints", "final", "failed-step", "tensorboard", "node_modules"]);

/**
 * The folders of all runs at `folder` or up to five levels below it, sorted by path: those with a `metrics.jsonl`. Links aren't followed, and
 * folders whose name begins with a dot are passed over.
 *
 * @throws DashboardError `no-folder` where `folder` itself can't be read; one below it that can't counts as empty.
 * @example
 * import { findRuns } from "@cai/dashboard";
 *
 * for (const directory of await findRuns("runs")) console.log(directory);
 */
export async function findRuns(folder: string): Promise<string[]> {
  const root = resolve(folder);
  const entries = await readdir(root, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "ENOENT" ? "is not there" : cause.code === "ENOTDIR" ? "is no folder" : `can't be read: ${cause.message}`;
    throw new DashboardError("no-folder", `${folder} ${why}: name a run's folder, or one with runs below it`, { cause });
  });
  const found = await below(root, entries, 0);
  return found.sort((a, b) => (a < b ? -1 : 1));
}

type Entry = Awaited<ReturnType<typeof readFolder>>[number];

const readFolder = (folder: string) => readdir(folder, { withFileTypes: true });

async function below(folder: string, entries: readonly Entry[], depth: number): Promise<string[]> {
  const own = entries.some((entry) => entry.name === metricsName && entry.isFile()) ? [folder] : [];
  if (depth === mostDepth) return own;
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !inner.has(entry.name));
  const found = await Promise.all(
    folders.map(async ({ name }) => {
      const path = join(folder, name);
      return below(path, await readFolder(path).catch(() => []), depth + 1);
    }),
  );
  return [...own, ...found.flat()];
}
