import { join, relative, resolve } from "node:path";
import type { Context } from "hono";
import { findRuns, metricsName } from "./find-runs.ts";
import { readTail } from "./read-tail.ts";
import { type ServedPage, servePage } from "./serve-page.ts";
import { summarizeRun } from "./summarize-run.ts";

export interface DashboardOptions {
  /** Runs' folders, or folders with runs below them; new runs in them are found as they appear. */
  readonly folders: readonly string[];
  /** 0, by default: any that is free. */
  readonly port?: number;
}

/**
 * Serves a page on the loopback that follows runs: their curves over each other, their samples. It reads their folders and writes nothing.
 * Requests that name another host, come from another page or want to write are refused.
 *
 * @throws DashboardError `no-folder`, `port`
 * @example
 * import { openDashboard } from "@cai/dashboard";
 *
 * const dashboard = await openDashboard({ folders: ["runs"] });
 * console.log(`${dashboard.url} is for a browser on this machine`);
 * await dashboard.close();
 */
export async function openDashboard({ folders, port = 0 }: DashboardOptions): Promise<ServedPage> {
  await Promise.all(folders.map(findRuns));
  const runs = runsBelow(folders);
  return servePage({
    home: "index.html",
    port,
    addRoutes(app) {
      app.get("/api/runs", async (context) => context.json(await summarize(await runs.find())));
      for (const [name, file] of Object.entries(logs))
        app.get(`/api/${name}`, async (context) => tailOf(context, await runs.directoryOf(context.req.query("run") ?? ""), file));
    },
  });
}

/** Files that are followed, by what the page calls them. */
const logs = { metrics: metricsName, samples: "samples.jsonl", "evaluation-samples": "evaluation-samples.jsonl" };

/** All runs with a name each: the path below the folder that was given, behind that folder's own where there are several. */
async function namedRuns(folders: readonly string[]): Promise<Map<string, string>> {
  const named = new Map<string, string>();
  for (const folder of folders) {
    const before = folders.length > 1 ? `${folder}/` : "";
    for (const directory of await findRuns(folder).catch(() => [])) {
      const path = relative(resolve(folder), directory);
      named.set(path === "" ? folder : `${before}${path}`, directory);
    }
  }
  return named;
}

/** Only the name of a run that was found leads to a folder. Folders are walked for a list, and for a name that the last one lacks. */
function runsBelow(folders: readonly string[]) {
  let found = new Map<string, string>();
  const find = async (): Promise<ReadonlyMap<string, string>> => {
    found = await namedRuns(folders);
    return found;
  };
  return { find, directoryOf: async (name: string): Promise<string | undefined> => found.get(name) ?? (await find()).get(name) };
}

async function summarize(found: ReadonlyMap<string, string>): Promise<unknown> {
  const runs = [...found].map(async ([name, directory]) => ({ name, ...(await summarizeRun(directory)) }));
  return { runs: await Promise.all(runs) };
}

/** Lines of a run's file, behind `from`. */
async function tailOf(context: Context, directory: string | undefined, file: string): Promise<Response> {
  if (directory === undefined) return context.text("there is no such run", 404);
  const { text, next, isNew, more } = await readTail(join(directory, file), context.req.query("from") ?? "");
  return context.text(text, 200, { "x-next": next, "x-new": `${isNew}`, "x-more": `${more}` });
}
