import type { WorkerPresence } from "@cai/distributed";
import { tableLines } from "./table-lines.ts";
import { print } from "./visible.ts";
import { redisOf } from "./worker-flags.ts";

/** Prints who is there, what they do, and how fast. */
export async function listWorkersAt({ redis: given, json }: { readonly redis?: string; readonly json?: boolean }): Promise<void> {
  const redis = redisOf(given, "workers");
  const { listWorkers } = await import("@cai/distributed");
  const workers = await listWorkers(redis);
  print(json ? workers.map((worker) => `${JSON.stringify(worker)}\n`).join("") : `${workersTable(workers).join("\n")}\n`);
}

/** Lines for people, below headings. */
export function workersTable(workers: readonly WorkerPresence[]): string[] {
  if (workers.length === 0) return ["no worker is there: start one with cai worker"];
  const headings = ["host", "process", "role", "engine", "job", "done", "failed", "tokens/s"];
  const rows = workers.map(({ host, pid, roles, engine, labeller, job, jobsDone, jobsFailed, tokensPerSecond }) => [
    host,
    String(pid),
    Object.keys(roles).join(","),
    (engine ?? labeller)?.engine ?? "",
    job ?? "",
    String(jobsDone),
    jobsFailed === 0 ? "" : String(jobsFailed),
    tokensPerSecond === 0 ? "" : tokensPerSecond.toFixed(tokensPerSecond < 100 ? 1 : 0),
  ]);
  return tableLines([headings, ...rows], { right: ["process", "done", "failed", "tokens/s"] });
}
