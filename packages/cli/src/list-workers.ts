import type { WorkerPresence } from "@cai/distributed";
import { CliError } from "./error.ts";
import { tableLines } from "./table-lines.ts";
import { print } from "./visible.ts";
import { checkRedis } from "./worker-flags.ts";

/** Prints who is there, what they do, and how fast. */
export async function listWorkersAt({ redis: given, json }: { readonly redis?: string; readonly json?: boolean }): Promise<void> {
  const address = given ?? process.env.CAI_REDIS;
  if (address === undefined) throw new CliError("usage", "cai workers needs --redis, or the address in CAI_REDIS");
  const { listWorkers } = await import("@cai/distributed");
  const workers = await listWorkers(checkRedis(address));
  print(json ? workers.map((worker) => `${JSON.stringify(worker)}\n`).join("") : `${workersTable(workers).join("\n")}\n`);
}

/** Lines for people, below headings. */
export function workersTable(workers: readonly WorkerPresence[]): string[] {
  if (workers.length === 0) return ["no worker is there: start one with cai worker"];
  const headings = ["host", "process", "role", "engine", "job", "done", "failed", "tokens/s"];
  const rows = workers.map(({ host, pid, roles, engine, job, jobsDone, jobsFailed, tokensPerSecond }) => [
    host,
    String(pid),
    Object.keys(roles).join(","),
    engine?.engine ?? "",
    job ?? "",
    String(jobsDone),
    jobsFailed === 0 ? "" : String(jobsFailed),
    tokensPerSecond === 0 ? "" : tokensPerSecond.toFixed(tokensPerSecond < 100 ? 1 : 0),
  ]);
  return tableLines([headings, ...rows], { right: ["process", "done", "failed", "tokens/s"] });
}
