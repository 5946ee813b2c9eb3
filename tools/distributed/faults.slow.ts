import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listWorkers } from "@cai/distributed";
import { uniforms } from "@cai/random";
import { goldenPath, type RedisServer, repositoryPath, startRedis, whyNoRedis } from "@cai/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRunRecord } from "../kills/run-record.ts";
import { runCai } from "../kills/start-cai.ts";
import { tally } from "../setup/tally.mjs";

/** At least so many of each; other moments each day. */
const least = { "workers killed within a job": 30, "Redis killed": 5, "learners killed": 5 };
type Fault = keyof typeof least;
const seed = Math.floor(Date.now() / 86_400_000);
const bin = repositoryPath("packages/cli/bin/cai.mjs");
const reward =
  "export default async ({ responses }) => {\n  await new Promise((resolve) => setTimeout(resolve, 150));\n  return responses.map((text) => text.length / 10);\n};\n";

const counts: Record<Fault, number> = { "workers killed within a job": 0, "Redis killed": 0, "learners killed": 0 };
let runsMadeAgain = 0;
let folder: string;
let server: RedisServer;
const workers = new Set<ChildProcess>();

beforeAll(async () => {
  if (whyNoRedis) return;
  folder = await realpath(await mkdtemp(join(tmpdir(), "cai-faults-")));
  server = await startRedis();
  await writeFile(join(folder, "prompts.txt"), "the old house\na letter\nsomebody came\nit was\n");
  await writeFile(join(folder, "reward.mjs"), reward);
});
afterAll(async () => {
  if (whyNoRedis) return;
  for (const worker of workers) worker.kill("SIGKILL");
  await server.stop();
  await rm(folder, { recursive: true });
  for (const [of, count] of Object.entries(counts)) tally({ what: "faults injected", of, count });
  tally({ what: "runs made again", of: "from what drew them", count: runsMadeAgain });
});

test.skipIf(whyNoRedis)(
  `workers, Redis and learners are killed at any moment: every run ends with the bytes of one machine, which are those of its record where workers draw ahead${whyNoRedis ? ` (${whyNoRedis})` : ""}`,
  { timeout: 3_600_000 },
  async () => {
    const named = { "--policy": goldenPath("tiny-gpt2"), "--reward": join(folder, "reward.mjs"), "--prompts": join(folder, "prompts.txt") };
    const sizes = ["--steps", "12", "--batch-size", "4", "--max-new-tokens", "24", "--rows-per-job", "1", "--checkpoint-every", "2"];
    const argv = ["train", ...Object.entries(named).flat(), ...sizes, "--learning-rate", "1e-3", "--seed", "7"];
    const here = join(folder, "here");
    expect(await runCai(argv, { out: here })).toMatchObject({ end: 0 });
    const { digests, samples } = readRunRecord(here);

    for (let worker = 0; worker < 3; worker++) startWorker();
    const spread = [...argv, "--workers", server.url, "--workers-roles", "rollout,score,reference"];
    const isShort = () => Object.keys(least).some((fault) => counts[fault as Fault] < least[fault as Fault]);
    for (let run = 0; isShort() || runsMadeAgain === 0; run++) {
      const out = join(folder, `run-${run}`);
      const drawsAhead = run % 3 === 2;
      await runUnderFaults([...spread, ...(drawsAhead ? ["--staleness", "2"] : [])], out, run);
      if (drawsAhead) {
        expect({ run, ...(await startLearner(["replay", out]).end) }).toMatchObject({ run, end: 0 });
        runsMadeAgain += 1;
      } else {
        const record = readRunRecord(out);
        expect({ run, digests: record.digests, samples: record.samples }).toEqual({ run, digests, samples });
      }
      await rm(out, { recursive: true });
    }
  },
);

/** Lets a run go to its end, with a fault every few seconds. */
async function runUnderFaults(argv: readonly string[], out: string, run: number): Promise<void> {
  let learner = startLearner([...argv, "--out", out]);
  for (let fault = 0; ; fault++) {
    const [wait, which] = uniforms({ seed, stream: "faults", counters: [run, fault], count: 2 }) as unknown as [number, number];
    const ended = await Promise.race([
      learner.end,
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 2000 + 3000 * wait)),
    ]);
    if (ended !== undefined) {
      expect(ended).toEqual({ end: 0, stderr: expect.any(String) });
      return;
    }
    if (which < 0.1) {
      await server.restart();
      counts["Redis killed"] += 1;
    } else if (which < 0.22) {
      learner.child.kill("SIGKILL");
      if ((await learner.end).end === "SIGKILL") counts["learners killed"] += 1;
      const hasBegun = existsSync(out) && readdirSync(out).length > 0; // one that was killed before its first step leaves a lock
      learner = startLearner([...argv, "--out", out, ...(hasBegun ? ["--resume"] : [])]);
    } else await killBusyWorker();
  }
}

async function killBusyWorker(): Promise<void> {
  const present = await listWorkers(server.url).catch(() => []); // Redis may be gone
  const busy = present.find(({ job, pid }) => job !== undefined && [...workers].some((one) => one.pid === pid));
  const worker = [...workers].find(({ pid }) => pid === busy?.pid);
  if (worker === undefined) return;
  const ended = once(worker, "exit");
  worker.kill("SIGKILL");
  await ended;
  workers.delete(worker);
  counts["workers killed within a job"] += 1;
  startWorker();
}

function startWorker(): void {
  const roles = ["--roles", "rollout,score,reference", "--policy", goldenPath("tiny-gpt2"), "--reward", join(folder, "reward.mjs")];
  workers.add(spawn(process.execPath, [bin, "worker", "--redis", server.url, ...roles, "--threads", "1"], { stdio: "ignore" }));
}

function startLearner(argv: readonly string[]) {
  const child = spawn(process.execPath, [bin, ...argv, "--json"], { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const end = once(child, "close").then(([code, signal]) => ({ end: (code ?? signal) as number | NodeJS.Signals, stderr }));
  return { child, end };
}
