import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { decodeEvents } from "./decode-events.fixture.ts";
import { RunLogError } from "./error.ts";
import { openRunLog } from "./open-run-log.ts";
import { readDraws } from "./read-draws.ts";
import { readMetrics } from "./read-metrics.ts";

const root = await mkdtemp(join(tmpdir(), "run-log-"));
afterAll(() => rm(root, { recursive: true }));
let runs = 0;
const newRun = (): string => join(root, `run-${runs++}`);
const textOf = async (directory: string, name: string) =>
  (await readFile(join(directory, name), "utf8")).replaceAll(/,"time\/unix":[\d.]+/g, "");
const sample = { prompt: "Once", response: " upon\na time", score: 1.5 };

const readEvents = async (directory: string) => {
  const folder = join(directory, "tensorboard");
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => decodeEvents(await readFile(join(folder, name)))));
};

test("a run's folder holds its configuration, a line a step, and the same numbers for TensorBoard", async () => {
  const directory = newRun();
  const log = await openRunLog({ directory, config: { seed: 7, versions: { node: "20" } } });
  await log.metrics(1, { "objective/kl": 0.25, lr: 1e-5 });
  await log.samples(1, [sample]);
  await log.close();

  expect(JSON.parse(await readFile(join(directory, "config.json"), "utf8"))).toEqual({ seed: 7, versions: { node: "20" } });
  const before = Date.now() / 1000;
  expect(JSON.parse(await readFile(join(directory, "metrics.jsonl"), "utf8"))["time/unix"]).toSatisfy(
    (at: number) => at > before - 60 && at <= before,
  );
  expect(await textOf(directory, "metrics.jsonl")).toBe('{"step":1,"objective/kl":0.25,"lr":0.00001}\n');
  expect(JSON.parse(await readFile(join(directory, "samples.jsonl"), "utf8"))).toEqual({ step: 1, ...sample });
  const [events] = await readEvents(directory);
  expect(events).toMatchObject([
    { fileVersion: "brain.Event:2" },
    { step: 1, scalars: { "objective/kl": 0.25, lr: Math.fround(1e-5) } },
    { step: 1, texts: { samples: ["prompt", "response", "score", "Once", " upon ⏎ a time", "1&#46;500"] } },
  ]);
});

test("a number that is not finite is null in the file, NaN when read back, and itself in TensorBoard", async () => {
  const directory = newRun();
  const log = await openRunLog({ directory, config: {} });
  await log.metrics(1, { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: 2 });
  await log.close();
  expect(await textOf(directory, "metrics.jsonl")).toBe('{"step":1,"a":null,"b":null,"c":2}\n');
  expect(await readMetrics(directory)).toMatchObject([{ step: 1, values: { a: Number.NaN, b: Number.NaN, c: 2 } }]);
  expect((await readEvents(directory))[0]![1]!.scalars).toEqual({ a: Number.NaN, b: Number.POSITIVE_INFINITY, c: 2 });
});

test("a folder that holds anything is refused unless the run is resumed, and stays as it is", async () => {
  const directory = newRun();
  await mkdir(directory);
  await writeFile(join(directory, "notes.txt"), "mine");
  const refused = await openRunLog({ directory, config: {} }).catch((error: unknown) => error);
  expect(RunLogError.isInstance(refused) && refused.code).toBe("run-exists");
  expect((refused as Error).message).toContain("notes.txt");
  expect(await readdir(directory)).toEqual(["notes.txt"]);
});

test("resuming cuts the lines of the steps to come, and a line that was left unfinished", async () => {
  const directory = newRun();
  const first = await openRunLog({ directory, config: { steps: 5 } });
  for (const step of [1, 2, 3]) {
    await first.metrics(step, { loss: step });
    await first.samples(step, [sample, sample]);
  }
  await first.close();
  await appendFile(join(directory, "metrics.jsonl"), '{"step":4,"lo'); // killed while writing

  const second = await openRunLog({ directory, config: { steps: 9 }, resumeAtStep: 3 });
  await second.metrics(3, { loss: 30 });
  await second.close();

  expect(await readMetrics(directory)).toMatchObject([
    { step: 1, values: { loss: 1 } },
    { step: 2, values: { loss: 2 } },
    { step: 3, values: { loss: 30 } },
  ]);
  const samples = (await readFile(join(directory, "samples.jsonl"), "utf8")).trim().split("\n");
  expect(samples.map((line) => JSON.parse(line).step)).toEqual([1, 1, 2, 2]);
  expect(JSON.parse(await readFile(join(directory, "config.json"), "utf8"))).toEqual({ steps: 9 });
});

test("which weights drew a step's slices has a file of its own, cut where a run goes on; lines that tell of none are refused", async () => {
  const directory = newRun();
  const log = await openRunLog({ directory, config: {} });
  expect(await readdir(directory)).not.toContain("draws.jsonl");
  expect(await readDraws(directory)).toEqual(new Map());
  for (const step of [1, 2, 3]) await log.draws(step, [step - 1, 0]);
  await log.close();
  expect(await textOf(directory, "draws.jsonl")).toMatch(/^{"step":1,"drawnAfter":\[0,0\]}\n/);
  await (await openRunLog({ directory, config: {}, resumeAtStep: 3 })).close();
  expect(await readDraws(directory)).toEqual(new Map([[1, [0, 0]], [2, [1, 0]]])); // biome-ignore format: a table
  for (const drawnAfter of [[4], [-1], ["a"], 3]) {
    await writeFile(join(directory, "draws.jsonl"), JSON.stringify({ step: 4, drawnAfter }));
    await expect(readDraws(directory)).rejects.toMatchObject({ code: "bad-draws", message: expect.stringContaining("numbers of steps") });
  }
});

test("answers to held-out prompts have a file of their own, from before the first step on; a run that begins anew begins it anew", async () => {
  const directory = newRun();
  const parts = { warm: 1, short: 0.5 };
  const looks = async () => (await textOf(directory, "evaluation-samples.jsonl")).trimEnd().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: a line
  const log = await openRunLog({ directory, config: {} });
  expect(await readdir(directory)).not.toContain("evaluation-samples.jsonl");
  for (const step of [0, 2, 4]) await log.evaluationSamples(step, [{ ...sample, parts }]);
  await log.close();
  expect(await looks()).toEqual([0, 2, 4].map((step) => ({ step, ...sample, parts })));
  await (await openRunLog({ directory, config: {}, resumeAtStep: 4 })).close();
  expect((await looks()).map(({ step }) => step)).toEqual([0, 2]);
  const anew = await openRunLog({ directory, config: {}, resumeAtStep: 1 });
  await anew.evaluationSamples(0, [sample]);
  await anew.close();
  expect(await looks()).toEqual([{ step: 0, ...sample }]);
});

test("a resumed run tells TensorBoard, in a file of its own, from which step on earlier numbers no longer count", async () => {
  const directory = newRun();
  await (await openRunLog({ directory, config: {} })).close();
  const log = await openRunLog({ directory, config: {}, resumeAtStep: 3 });
  await log.metrics(3, { loss: 1 });
  await log.close();
  const files = await readEvents(directory);
  expect(files).toHaveLength(2);
  expect(files[1]).toMatchObject([{ fileVersion: "brain.Event:2" }, { step: 3, sessionStatus: 1 }, { step: 3, scalars: { loss: 1 } }]);
});

test("a folder that is not there yet can be resumed, and has no metrics", async () => {
  const directory = newRun();
  expect(await readMetrics(directory)).toEqual([]);
  const log = await openRunLog({ directory, config: {}, resumeAtStep: 1 });
  await log.close();
  expect(await readMetrics(directory)).toEqual([]);
});

test("a metric can't take the name of the line's own number", async () => {
  const log = await openRunLog({ directory: newRun(), config: {} });
  await expect(log.metrics(1, { step: 2 })).rejects.toMatchObject({ code: "metric-name" });
  await log.close();
});
