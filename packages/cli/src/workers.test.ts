import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readDraws } from "@cai/run-log";
import { type RedisServer, startRedis, whyNoRedis } from "@cai/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { runCommand } from "./run-command.fixture.ts";
import { bin, policy, root, start, stopAfter, train } from "./start-cli.fixture.ts";

/** A worker's process that takes jobs. */
async function work(...argv: string[]): Promise<ReturnType<typeof start>> {
  const worker = start("worker", ...argv, "--threads", "1", "--json");
  onTestFinished(async () => {
    worker.child.kill("SIGKILL");
    await worker.exit;
  });
  await Promise.race([once(worker.child.stdout!, "data"), worker.exit]);
  return worker;
}

const bytesOf = (out: string): Buffer => readFileSync(join(root, out, "final/model.safetensors"));
const configOf = (out: string) => JSON.parse(readFileSync(join(root, out, "config.json"), "utf8")) as Record<string, unknown>;

describe.skipIf(whyNoRedis)(`runs on workers${whyNoRedis ? ` (${whyNoRedis})` : ""}`, () => {
  let server: RedisServer;
  const before = { folder: process.cwd(), program: process.argv[1]! };
  beforeAll(async () => {
    server = await startRedis({ password: "s3cret" });
    process.chdir(root); // where the commands' processes are too
    process.argv[1] = bin; // what `cai replay` runs again
  });
  afterAll(async () => {
    process.chdir(before.folder);
    process.argv[1] = before.program;
    await server.stop();
  });

  test("two workers, one of which is killed, and a learner that is killed and goes on: the bytes of one machine", {
    timeout: 180_000,
  }, async () => {
    const small = ["--steps", "3", "--rows-per-job", "1"];
    const roles = ["--redis", server.url, "--roles", "rollout,score,reference", "--policy", policy, "--reward", "slow.mjs"];
    const [first] = await Promise.all([work(...roles), work(...roles), runCommand(...train("here", ...small))]);

    const argv = [
      ...train("there", ...small, "--checkpoint-every", "1", "--workers", server.url),
      "--workers-roles",
      "rollout,score,reference",
    ];
    expect(await stopAfter(1, "SIGKILL", argv)).toMatchObject({ exit: "SIGKILL" });
    first.child.kill("SIGKILL");
    await runCommand(...argv, "--resume");
    expect(bytesOf("there").equals(bytesOf("here"))).toBe(true);
    const { workers, rowsPerJob } = configOf("there");
    expect([workers, rowsPerJob]).toEqual([undefined, 1]);
    expect(readFileSync(join(root, "there/metrics.jsonl"), "utf8")).toMatch(/"workers\/published_bytes":\s*[1-9]/);

    await runCommand("replay", "there"); // on this machine alone

    const listed = await runCommand("workers", "--redis", server.url, "--json");
    expect(listed.stdout).toMatch(/"roles":\{"rollout":"rollout-/);
    expect(`${listed.stdout}${listed.stderr}`).not.toContain("s3cret");
  });

  test("a run whose workers draw ahead is made again, to the byte, on one machine, from what it recorded; also one that was killed", {
    timeout: 180_000,
  }, async () => {
    const roles = ["--redis", server.url, "--roles", "rollout", "--policy", policy];
    await Promise.all([work(...roles), work(...roles)]);
    const sizes = ["--steps", "6", "--rows-per-job", "1", "--checkpoint-every", "2"];
    const ahead = [...train("ahead", ...sizes), "--workers", server.url, "--staleness", "2"];
    expect(await stopAfter(3, "SIGKILL", ahead)).toMatchObject({ exit: "SIGKILL" });
    await runCommand(...ahead, "--resume");
    expect(configOf("ahead")).toMatchObject({ rowsPerJob: 1, staleness: 2 });
    const drawn = [...(await readDraws(join(root, "ahead")))];
    expect(drawn.map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(drawn.some(([step, after]) => after.some((one) => one < step - 1))).toBe(true);
    await runCommand("replay", "ahead");
    await runCommand("inspect", "ahead", "--step", "5", "--json");
  });

  test("a worker ends at a signal, done", async () => {
    const worker = await work("--redis", server.url, "--roles", "score", "--reward", "slow.mjs");
    worker.child.kill("SIGTERM");
    expect(await worker.exit).toBe(0);
    expect(JSON.parse(await worker.stdout)).toMatchObject({ roles: ["score"], redis: expect.stringMatching(/^redis:\/\/…@127/) });
  });
});

const reference = ["--workers", "redis://127.0.0.1:1", "--workers-roles", "reference"];
test.each([
  [
    ["worker", "--redis", "redis://127.0.0.1:1", "--roles", "label,chat"],
    /roles are "label,chat": give rollout, score, label, reference, or some/,
  ],
  [["worker", "--redis", "redis://127.0.0.1:1", "--roles", "label"], /needs --feedback or --policy/],
  [["worker", "--redis", "redis://127.0.0.1:1", "--roles", "score,reference", "--reward", "slow.mjs"], /needs --policy/],
  [["worker", "--redis", "redis://127.0.0.1:1", "--roles", "rollout"], /needs --policy/],
  [["worker", "--redis", "redis://…@127.0.0.1:1", "--policy", policy], /without its secrets/],
  [["worker", "--policy", policy], /needs --redis, or the address in CAI_REDIS/],
  [[...train("never"), "--staleness", "1"], /--staleness is 1, and nobody draws ahead: give workers that draw/],
  [[...train("never"), "--draws-of", "ahead"], /draws-of is for runs with staleness/],
  [
    [...train("never"), "--workers", "redis://127.0.0.1:1", "--workers-roles", "label"],
    /roles are "label": give rollout, score, reference/,
  ],
  [
    [...train("never"), ...reference, "--kl-estimator", "full"],
    /--kl-estimator "full" compares whole distributions.*leave reference out of --workers-roles/,
  ],
  [[...train("never", "--algorithm", "grpo"), ...reference], /beta is 0.*leave reference out of --workers-roles/],
  [["worker", "--redis", "redis://127.0.0.1:1", "--policy", policy, "--weights-folder", "a", "--weights-address", "http://b"], /one way/],
  [
    ["worker", "--redis", "redis://127.0.0.1:1", "--policy", policy, "--weights-address", "http://ann:s3cret@b"],
    /token in CAI_WEIGHTS_TOKEN/,
  ],
  [
    ["worker", "--redis", "redis://127.0.0.1:1", "--policy", policy, "--weights-address", "http://b/?key=s3cret"],
    /token in CAI_WEIGHTS_TOKEN/,
  ],
  [[...train("never"), "--weights-address", "http://b"], /--weights-address is for workers: give their Redis by --workers/],
  [[...train("never"), "--workers-roles", "score"], /--workers-roles is for workers: give their Redis by --workers/],
])("cai %j is refused", async (argv, message) => {
  await expect(runCommand(...argv)).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(message) });
});
