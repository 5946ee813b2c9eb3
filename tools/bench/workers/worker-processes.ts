import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../../packages/cli/bin/cai.mjs", import.meta.url));

/** Processes of `cai worker`, a thread each, that take jobs once this resolves. */
export async function startWorkers(count: number, { redis, flags }: { readonly redis: string; readonly flags: readonly string[] }) {
  const workers = await Promise.all(Array.from({ length: count }, () => startWorker(redis, flags)));
  return {
    /** Ends them by SIGTERM, and waits. */
    async stop() {
      await Promise.all(workers.map(end));
    },
  };
}

async function startWorker(redis: string, flags: readonly string[]): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [bin, "worker", "--redis", redis, ...flags, "--threads", "1", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: worker.stdout });
  const [first] = await Promise.race([once(lines, "line"), once(worker, "exit")]);
  if (typeof first === "string") return worker;
  throw new Error(`a worker ended before it took a job: cai worker ${flags.join(" ")}`);
}

async function end(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null) return;
  const ended = once(worker, "exit");
  worker.kill("SIGTERM");
  await ended;
}
