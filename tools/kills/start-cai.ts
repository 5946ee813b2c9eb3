import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { repositoryPath } from "@cai/testing";
import { type Moment, watchFor } from "./moment.ts";

/** How a process of `cai` ended. */
export interface End {
  /** Its exit code, or the signal that ended it. */
  readonly end: number | NodeJS.Signals;
  readonly stderr: string;
}

/** Runs `cai` with lines of JSON, and stops it by a signal at a moment, where it comes so far. */
export async function runCai(
  argv: readonly string[],
  {
    out,
    stop,
    through = [],
    env = {},
  }: {
    readonly out: string;
    readonly stop?: { readonly signal: NodeJS.Signals; readonly moment: Moment };
    /** A command that starts it. */
    readonly through?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<End> {
  const [command, ...rest] = [...through, process.execPath, repositoryPath("packages/cli/bin/cai.mjs"), ...argv, "--out", out, "--json"];
  const child = spawn(command!, rest, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let told = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString().split("\n").length - 1;
  });
  const unwatch = stop && watchFor(stop.moment, { out, told: () => told, reached: () => child.kill(stop.signal) });
  const end = new Promise<End["end"]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal!));
  });
  const [stderr, how] = await Promise.all([text(child.stderr), end]);
  unwatch?.();
  return { end: how, stderr };
}
