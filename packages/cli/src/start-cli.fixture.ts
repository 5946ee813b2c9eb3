import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { goldenPath } from "@cai/testing";
import { afterAll, beforeAll } from "vitest";

/** The command's file. */
export const bin = fileURLToPath(new URL("../bin/cai.mjs", import.meta.url));
/** A tiny model, and a reward in ONNX. */
export const policy = goldenPath("tiny-gpt2");
export const reward = goldenPath("tiny-reward");
/** Where commands are run; it goes with the test file. */
export const root = await mkdtemp(join(tmpdir(), "cai-"));
const small = ["--batch-size", "2", "--max-new-tokens", "4", "--learning-rate", "1e-3", "--seed", "7"];

beforeAll(async () => {
  await writeFile(join(root, "prompts.txt"), "the old house\na letter\nsomebody came\n");
  await writeFile(join(root, "slow.mjs"), slowReward);
});
afterAll(() => rm(root, { recursive: true }));

/** Starts the real command in a folder of its own; `exit` resolves to its exit code, or to the signal that ended it. */
export function start(...argv: string[]): {
  child: ChildProcess;
  stdout: Promise<string>;
  stderr: Promise<string>;
  exit: Promise<number | string>;
} {
  const child = spawn(process.execPath, [bin, ...argv], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const exit = new Promise<number | string>((resolve) => child.on("close", (code, signal) => resolve(code ?? signal!)));
  return { child, stdout: text(child.stdout), stderr: text(child.stderr), exit };
}

/** The same, to its end. */
export async function cai(...argv: string[]) {
  const run = start(...argv);
  return { exit: await run.exit, stdout: await run.stdout, stderr: await run.stderr };
}

/** Slow enough that a signal always comes before the run's end. */
const slowReward = `export default async ({ responses }) => {
  await new Promise((resolve) => setTimeout(resolve, 400));
  return responses.map((response) => response.length / 10);
};`;

/** A small run of `cai train`, as its arguments. */
export function train(out: string, ...more: string[]): string[] {
  const named = { "--policy": policy, "--reward": "slow.mjs", "--prompts": "prompts.txt", "--out": out };
  return ["train", ...Object.entries(named).flat(), ...small, ...more];
}

/** Ends a run after so many steps, told by its lines on standard output. */
export async function stopAfter(steps: number, signal: NodeJS.Signals, argv: string[]) {
  const run = start(...argv, "--json");
  let lines = 0;
  run.child.stdout!.on("data", (chunk: Buffer) => {
    const before = lines;
    lines += chunk.toString().split("\n").length - 1;
    if (before < steps && lines >= steps) run.child.kill(signal);
  });
  return { exit: await run.exit, stderr: await run.stderr };
}
