import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { goldenPath, repositoryPath } from "@cai/testing";
import { expect, onTestFinished, test } from "vitest";
import { wholeLines } from "./run-record.ts";

const steps = 2000;

interface Told {
  readonly step: number;
  readonly tensors: number;
  readonly bytes: number;
}

test("over 2,000 steps neither tensors nor memory grow, and the metrics are whole up to their last newline all the while", {
  timeout: 1_800_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "cai-long-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const out = join(folder, "run");
  const script = repositoryPath("tools/kills/long-run.ts");
  const argv = ["--expose-gc", "--conditions=@cai/source", "--import", "tsx", script, goldenPath("tiny-gpt2"), out, String(steps)];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  const watched = watchLog(join(out, "metrics.jsonl"));
  const end = new Promise((resolve) => child.on("close", resolve));
  const told = wholeLines(await text(child.stdout)) as Told[];
  expect(await end).toBe(0);
  const { looks, seen } = watched.stop();
  expect(looks).toBeGreaterThan(100);
  expect(seen).toEqual(Array.from({ length: steps }, (_, index) => index + 1));

  expect(told.at(-1)?.step).toBe(steps);
  expect(new Set(told.map(({ tensors }) => tensors)).size).toBe(1);
  const floor = (from: number, to: number) => Math.min(...told.filter(({ step }) => step > from && step <= to).map(({ bytes }) => bytes));
  const [second, last] = [floor(steps / 4, steps / 2), floor((3 * steps) / 4, steps)];
  expect(last / second).toBeLessThan(1.02);
});

/** Reads a log again and again while another process writes it; a line before the last newline that is not whole is thrown by `stop`. */
function watchLog(path: string) {
  let [looks, read] = [0, 0];
  const seen: number[] = [];
  let failure: unknown;
  const look = () => {
    if (!existsSync(path)) return;
    looks += 1;
    const bytes = readFileSync(path);
    const end = bytes.lastIndexOf("\n") + 1;
    for (const line of wholeLines(bytes.toString("utf8", read, end)) as { step: number }[]) seen.push(line.step);
    read = end;
  };
  const timer = setInterval(() => {
    try {
      look();
    } catch (error) {
      failure ??= error;
    }
  }, 10);
  return {
    stop() {
      clearInterval(timer);
      if (failure !== undefined) throw failure;
      look();
      return { looks, seen };
    },
  };
}
