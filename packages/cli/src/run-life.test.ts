import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cai, root, start, stopAfter, train } from "./start-cli.fixture.ts";

const loggedSteps = async (out: string) =>
  (await readFile(join(root, out, "metrics.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).step);

test("while a run goes on, a second process on its folder is refused; a reader who leaves ends neither", { timeout: 240_000 }, async () => {
  await writeFile(
    join(root, "waits.mjs"),
    `import { existsSync } from "node:fs";
    export default async ({ responses }) => {
      while (!existsSync(${JSON.stringify(join(root, "go"))})) await new Promise((resolve) => setTimeout(resolve, 50));
      return responses.map((response) => response.length);
    };`,
  );
  const run = train("shared", "--reward", "waits.mjs", "--steps", "3", "--checkpoint-every", "2", "--json");
  const first = start(...run);
  await expect.poll(() => existsSync(join(root, "shared/run.lock")), { timeout: 60_000 }).toBe(true);
  const second = await cai(...run, "--resume");
  expect(second.exit).toBe(2);
  expect(second.stderr).toMatch(
    new RegExp(`shared is in use by process ${first.child.pid} on ${hostname()}, since .+: wait for its end, or stop it`),
  );
  for (const output of [first.stdout, first.stderr]) output.catch(() => {}); // it ends before its end
  first.child.stdout!.destroy(); // cai train --json … | head -0
  first.child.stderr!.destroy();
  await writeFile(join(root, "go"), "");
  expect(await first.exit).toBe(0);
  expect(await loggedSteps("shared")).toEqual([1, 2, 3]);
  expect((await readdir(join(root, "shared"))).toSorted()).toEqual([
    "checkpoints",
    "config.json",
    "final",
    "metrics.jsonl",
    "samples.jsonl",
    "tensorboard",
  ]);
});

test("Ctrl-C within the first step says what became of it, and leaves nothing", async () => {
  await writeFile(
    join(root, "tells.mjs"),
    `export default () => { console.error("scoring"); return new Promise((resolve) => setTimeout(resolve, 60_000)); };`,
  );
  const run = start(...train("first-step", "--steps", "2", "--reward", "tells.mjs", "--json"));
  await once(run.child.stderr!, "data");
  run.child.kill("SIGINT");
  const [exit, stderr] = [await run.exit, await run.stderr];
  expect([exit, stderr]).toEqual([
    130,
    expect.stringMatching(/Interrupted before the first step was complete: nothing was written, the same command starts again\.\n$/),
  ]);
  expect(existsSync(join(root, "first-step"))).toBe(false);
});

test("a run goes on with the options that it was made with, or with others where they are allowed", { timeout: 240_000 }, async () => {
  const run = (...more: string[]) => train("changed", "--steps", "4", "--checkpoint-every", "1", ...more);
  expect((await stopAfter(1, "SIGTERM", run())).exit).toBe(143);
  const refused = await cai(...run("--kl-coef", "0.3", "--reward", "./slow.mjs"), "--resume");
  expect(refused.exit).toBe(2);
  expect(refused.stderr).toContain('reward "slow.mjs" → "./slow.mjs", klCoef 0.1 → 0.3. Give what it was made with, or');
  const allowed = await cai(...run("--kl-coef", "0.3", "--json"), "--resume", "--allow-changes");
  expect([allowed.exit, allowed.stderr]).toEqual([0, expect.stringMatching(/^from step [23] on: klCoef 0\.1 → 0\.3\n$/)]);
  expect(JSON.parse(await readFile(join(root, "changed/config.json"), "utf8"))).toMatchObject({
    klCoef: 0.3,
    changes: [{ options: { klCoef: [0.1, 0.3] } }],
  });

  const over = await cai(...run("--steps", "1", "--json"), "--overwrite");
  expect(over.exit).toBe(0);
  expect(await loggedSteps("changed")).toEqual([1]);
});

test("an --out that can't be written is wrong use, told before a step is made", async () => {
  await writeFile(join(root, "file"), "");
  const { exit, stderr } = await cai(...train("file/run", "--steps", "1", "--json"));
  expect([exit, stderr]).toEqual([2, expect.stringMatching(/^error: file\/run can.t be written to: ENOTDIR.*\n$/)]);
});
