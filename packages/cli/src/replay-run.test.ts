import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { cai, root, train } from "./start-cli.fixture.ts";

const words = [
  "--reward",
  "words.mjs",
  "--steps",
  "3",
  "--checkpoint-every",
  "1",
  "--eval-prompts",
  "prompts.txt",
  "--evaluate-every",
  "2",
];
const replay = async (...argv: string[]) => {
  const { exit, stdout, stderr } = await cai("replay", ...argv, "--json");
  return { exit, stderr, found: stdout === "" ? undefined : JSON.parse(stdout) };
};

beforeAll(async () => {
  await writeFile(join(root, "words.mjs"), "export default ({ responses }) => responses.map((text) => text.split(' ').length);");
  expect((await cai(...train("runs/one", ...words))).exit).toBe(0);
}, 120_000);

test("a run made again comes out the same, from its beginning and from a checkpoint on", async () => {
  expect(await replay("runs/one")).toMatchObject({ exit: 0, found: { equal: true, steps: 3, isFinished: true, files: [], changed: {} } });
  expect(await replay("runs/one", "--from", "2")).toMatchObject({ exit: 0, found: { equal: true, steps: 1, isFinished: true } });
}, 120_000);

test("so does the demo's", async () => {
  expect((await cai("demo", "--steps", "1", "--out", "runs/demo")).exit).toBe(0);
  expect(await replay("runs/demo")).toMatchObject({ exit: 0, found: { equal: true, steps: 1, isFinished: true, files: [], changed: {} } });
}, 240_000);

test("the first step that parts is named, with its numbers", async () => {
  const path = join(root, "runs/one/metrics.jsonl");
  const text = await readFile(path, "utf8");
  const lines = text.trim().split("\n");
  lines[1] = JSON.stringify({ ...JSON.parse(lines[1]!), grad_norm: 42 });
  await writeFile(path, `${lines.join("\n")}\n`);
  const { exit, found } = await replay("runs/one");
  expect(exit).toBe(1);
  expect(found).toMatchObject({
    equal: false,
    steps: 1,
    firstDifference: { step: 2, numbers: [{ name: "grad_norm", was: 42 }] },
    changed: {},
  });
  await writeFile(path, text);
}, 120_000);

test("other data are told by their hash", async () => {
  const [path, text] = [join(root, "prompts.txt"), await readFile(join(root, "prompts.txt"), "utf8")];
  await appendFile(path, "one more\nand another\n");
  const { exit, found } = await replay("runs/one");
  expect(exit).toBe(1);
  expect(found).toMatchObject({ equal: false, changed: { dataSha256: [expect.any(String), expect.any(String)] } });
  await writeFile(path, text);
}, 120_000);

test("what is no run of a command, and a checkpoint that isn't there, are refused", async () => {
  expect(await replay("runs/none")).toMatchObject({ exit: 2, stderr: expect.stringContaining("config.json can't be read") });
  const { exit, stderr } = await replay("runs/one", "--from", "7");
  expect([exit, stderr]).toEqual([2, expect.stringMatching(/step-000007 is not there; there are step-000001, step-000002, step-000003/)]);
}, 60_000);
