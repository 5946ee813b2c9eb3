// A process that works as a command does, at what its argument names, and has something to keep when it is ended.
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { leaveOnClosedPipes, outliveClosedPipes } from "./closed-pipes.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { endedBySignal, interruptible } from "./interrupt.ts";
import { described, endProcess, watchStrayEnds } from "./stray-ends.ts";

const [, , scenario = "", checkpoint = ""] = process.argv;

function blockFor(milliseconds: number): void {
  const until = Date.now() + milliseconds;
  while (Date.now() < until);
}

const works: Readonly<Record<string, () => unknown>> = {
  sleeping: () => sleep(30_000),
  blocked: () => blockFor(20_000),
  "never settled": () => new Promise(() => {}),
  "error in a timer": () => sleep(30_000, setInterval(() => { throw new Error("the cache is gone"); }, 5)), // biome-ignore format: a line
  "unhandled rejection": () => sleep(30_000, void Promise.reject(new Error("the cache is gone"))),
  "throws undefined": () => Promise.reject(undefined),
  "exits with 0": async () => {
    await sleep(10);
    process.exit(0);
  },
  talking: async () => {
    for (let line = 0; line < 200; line++) {
      process.stdout.write(`${line}\n`);
      process.stderr.write(`${line}\n`);
      await sleep(2);
    }
  },
};

leaveOnClosedPipes();
watchStrayEnds();
if (scenario === "loading") {
  endedBySignal();
  await sleep(30_000);
}
if (scenario === "never settled while loading") await new Promise(() => {});
if (scenario === "exits while loading") process.exit(0);
let code = 0;
try {
  await interruptible({ announce: () => {}, ended: () => "after 3 steps" }, async (signal) => {
    const aborted = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    if (scenario === "blocked") await sleep(500);
    try {
      await Promise.race([works[scenario]!(), aborted]);
    } finally {
      writeFileSync(checkpoint, "whole");
    }
  });
} catch (error) {
  code = exitCodeOf(error);
  process.stderr.write(`${described(error)}\n`);
}
outliveClosedPipes();
endProcess(code);
