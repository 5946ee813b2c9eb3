import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const onLinux = process.platform === "linux";
const fixture = fileURLToPath(new URL("interrupt.fixture.ts", import.meta.url));

/** Starts a process at its work; `ended` tells how it ended, and whether it kept what it had. */
async function start(scenario: string) {
  const folder = await mkdtemp(join(tmpdir(), "cai-interrupt-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const checkpoint = join(folder, "checkpoint");
  const argv = ["--conditions=@cai/source", "--import", "tsx", fixture, scenario, checkpoint];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
  const code = new Promise<number | string>((resolve) => child.on("close", (exit, signal) => resolve(exit ?? signal!)));
  const ended = async () => ({ code: await code, kept: existsSync(checkpoint) });
  return { child, ended, said: new Promise((resolve) => child.stdout.once("data", resolve)) };
}

/** Waits until the process listens to signals to end, or no longer does: of these Node itself catches neither. */
async function untilListening({ pid }: ChildProcess, listens: boolean): Promise<void> {
  const wanted = listens ? 0b101 : 0; // SIGHUP is 1, SIGQUIT 3
  const caught = () => Number.parseInt(/^SigCgt:\s*[0-9a-f]*([0-9a-f])$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]!, 16);
  await expect.poll(() => caught() & 0b101, { timeout: 20_000 }).toBe(wanted);
}

/** How a process ends by itself, and what it says on standard error. */
async function run(scenario: string) {
  const { child, ended } = await start(scenario);
  child.stdout.resume();
  const [stderr, end] = await Promise.all([text(child.stderr), ended()]);
  return { stderr, ...end };
}

test.runIf(onLinux).each([["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129], ["SIGQUIT", 131]] as const)("%s ends the work after a checkpoint, with code %i", async (signal, code) => {
  const { child, ended } = await start("sleeping");
  await untilListening(child, true);
  child.kill(signal);
  const [stderr, end] = await Promise.all([text(child.stderr), ended()]);
  expect({ stderr, ...end }).toEqual({ stderr: "Interrupted after 3 steps.\n", code, kept: true });
}); // biome-ignore format: a table

test.runIf(onLinux)("while the main thread is blocked a first signal does nothing yet, and a second one ends the process", async () => {
  const { child, ended } = await start("blocked");
  child.stderr.resume();
  await untilListening(child, true);
  await sleep(1500); // by now the thread is blocked
  child.kill("SIGTERM");
  await untilListening(child, false);
  expect(child.exitCode).toBeNull();
  child.kill("SIGINT");
  expect(await ended()).toEqual({ code: "SIGINT", kept: false });
});

test.runIf(onLinux)("before the work begins a signal ends the process with a line", async () => {
  const { child, ended } = await start("loading");
  await untilListening(child, true);
  child.kill("SIGTERM");
  expect(await text(child.stderr)).toBe("Interrupted before the first step began: nothing was written.\n");
  expect(await ended()).toEqual({ code: 143, kept: false });
});

const strays = [
  ["never settled", "what is waited for never comes: a module that was loaded has a promise that nothing is left to settle"],
  ["error in a timer", "an error in a timer or a promise that nobody waits for, of a module that was loaded: the cache is gone"],
  ["unhandled rejection", "an error in a timer or a promise that nobody waits for, of a module that was loaded: the cache is gone"],
  ["exits with 0", "a module that was loaded called process.exit(0)"],
];

test.each(strays)("work that would end so, %s, ends after a checkpoint with code 1 and one line", async (scenario, line) => {
  expect(await run(scenario)).toEqual({ stderr: `${line}. Stopped after 3 steps\n`, code: 1, kept: true });
});

test("`throw undefined` is a failure, not an interruption", async () => {
  expect(await run("throws undefined")).toEqual({ stderr: "undefined was thrown, which is no Error\n", code: 1, kept: true });
});

test.each([
  ["never settled while loading", "error: what is waited for never comes: "],
  ["exits while loading", "error: a module that was loaded called process.exit(0)"],
])("where nothing is to be kept, %s is a line and code 1 too", async (scenario, line) => {
  const { stderr, ...end } = await run(scenario);
  expect(end).toEqual({ code: 1, kept: false });
  expect(stderr.split("\n")).toEqual([expect.stringContaining(line), ""]);
});

test.each(["stdout", "stderr", "both"])("work outlives the end of whoever reads its output: %s", async (closed) => {
  const { child, ended, said } = await start("talking");
  if (closed === "stdout") child.stderr.resume();
  if (closed === "stderr") child.stdout.resume();
  await said;
  if (closed !== "stderr") child.stdout.destroy();
  if (closed !== "stdout") child.stderr.destroy();
  expect(await ended()).toEqual({ code: 0, kept: true });
});
