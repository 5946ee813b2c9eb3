import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runPipeline } from "./run-pipeline.ts";
import type { PipelineStage, StageContext } from "./stage.ts";

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cai-pipeline-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "run");
}

/** Writes its setting behind the product of the stage before it, and keeps a log of how it was run. */
function writer(name: string, setting: string, { reads, fail }: { readonly reads?: string; readonly fail?: () => void } = {}) {
  const runs: boolean[] = [];
  const stage: PipelineStage = {
    name,
    work: 1,
    inputs: (products) => ({ setting, read: reads === undefined ? null : products.get(reads)!.files }),
    async run({ directory, resume }: StageContext) {
      runs.push(resume);
      fail?.();
      const before = reads === undefined ? "" : await readFile(join(directory, "..", reads, "text"), "utf8");
      await writeFile(join(directory, "text"), before + setting);
      return { paths: ["text"], summary: { length: before.length + setting.length } };
    },
  };
  return { stage, runs };
}

function cutPower(): never {
  throw new Error("power cut");
}

test("stages run in order, each in its own folder, and tell what they made", async () => {
  const out = await newFolder();
  const [one, two] = [writer("one", "a"), writer("two", "bc", { reads: "one" })];
  const records = await runPipeline([one.stage, two.stage], { out, config: { any: 1 } });
  expect(records.map(({ name, state, summary }) => ({ name, state, summary }))).toEqual([
    { name: "one", state: "done", summary: { length: 1 } },
    { name: "two", state: "done", summary: { length: 3 } },
  ]);
  expect(await readFile(join(out, "two/text"), "utf8")).toBe("abc");
  expect(JSON.parse(await readFile(join(out, "manifest.json"), "utf8"))).toMatchObject({ format: 1, config: { any: 1 }, stages: records });
});

test("a folder that holds a pipeline is refused without resume; with it nothing is run again", async () => {
  const out = await newFolder();
  await runPipeline([writer("one", "a").stage], { out, config: null });
  const again = writer("one", "a");
  await expect(runPipeline([again.stage], { out, config: null })).rejects.toMatchObject({ code: "pipeline-exists" });
  const skipped: boolean[] = [];
  await runPipeline([again.stage], { out, config: null, resume: true, onStage: (stage) => skipped.push(stage.skipped) });
  expect(again.runs).toEqual([]);
  expect(skipped).toEqual([true]);
});

test("a stage that failed goes on in its folder, and stages before it stay", async () => {
  const out = await newFolder();
  let broken = true;
  const fail = () => {
    if (broken) throw new Error("power cut");
  };
  const [one, two] = [writer("one", "a"), writer("two", "b", { reads: "one", fail })];
  await expect(runPipeline([one.stage, two.stage], { out, config: null })).rejects.toThrow("power cut");
  broken = false;
  await runPipeline([one.stage, two.stage], { out, config: null, resume: true });
  expect(one.runs).toEqual([false]);
  expect(two.runs).toEqual([false, true]);
  expect(await readFile(join(out, "two/text"), "utf8")).toBe("ab");
});

test("a changed setting makes its stage anew, and those that read its product; the others stay", async () => {
  const out = await newFolder();
  const build = (first: string) => [writer("one", first), writer("two", "b", { reads: "one" }), writer("three", "c")];
  await runPipeline(
    build("a").map(({ stage }) => stage),
    { out, config: null },
  );
  const changed = build("z");
  const notices: string[] = [];
  await runPipeline(
    changed.map(({ stage }) => stage),
    { out, config: null, resume: true, onNotice: (line) => notices.push(line) },
  );
  expect(changed.map(({ runs }) => runs)).toEqual([[false], [false], []]);
  expect(await readFile(join(out, "two/text"), "utf8")).toBe("zb");
  expect(notices).toEqual(["one: its inputs have changed: it is made anew", "two: its inputs have changed: it is made anew"]);
});

test("a changed stage whose product comes out the same leaves those after it alone", async () => {
  const out = await newFolder();
  await runPipeline([writer("one", "a").stage, writer("two", "b", { reads: "one" }).stage], { out, config: null });
  const one = writer("one", "a");
  const two = writer("two", "b", { reads: "one" });
  const touched = { ...one.stage, inputs: () => ({ setting: "a", comment: "new" }) };
  await runPipeline([touched, two.stage], { out, config: null, resume: true });
  expect([one.runs, two.runs]).toEqual([[false], []]);
});

test("a product whose bytes were changed is made anew", async () => {
  const out = await newFolder();
  await runPipeline([writer("one", "a").stage], { out, config: null });
  await writeFile(join(out, "one/text"), "tampered");
  const again = writer("one", "a");
  await runPipeline([again.stage], { out, config: null, resume: true });
  expect(again.runs).toEqual([false]);
  expect(await readFile(join(out, "one/text"), "utf8")).toBe("a");
});

test("what another version made is kept, and that is told; its folder removed, it is made anew", async () => {
  const out = await newFolder();
  await runPipeline([writer("one", "a").stage, writer("two", "b").stage], { out, config: null, version: "1.0.0" });
  const notices: string[] = [];
  const upgraded = { out, config: null, resume: true, version: "1.1.0", onNotice: (line: string) => notices.push(line) };
  const again = [writer("one", "a"), writer("two", "b")];
  await rm(join(out, "two"), { recursive: true });
  const records = await runPipeline(
    again.map(({ stage }) => stage),
    upgraded,
  );
  expect(again.map(({ runs }) => runs)).toEqual([[], [false]]);
  expect(records.map(({ versions }) => versions)).toEqual([["1.0.0"], ["1.1.0"]]);
  expect(notices).toEqual([
    `one: it was made by version 1.0.0 and is kept (this is 1.1.0); to make it anew, remove ${join(out, "one")}`,
    "two: its files have changed: it is made anew",
  ]);
});

test("what another version began is gone on with, and that is told, then and later", async () => {
  const out = await newFolder();
  await expect(runPipeline([writer("one", "a", { fail: cutPower }).stage], { out, config: null, version: "1.0.0" })).rejects.toThrow(
    "power cut",
  );
  const notices: string[] = [];
  const upgraded = { out, config: null, resume: true, version: "1.1.0", onNotice: (line: string) => notices.push(line) };
  const again = writer("one", "a");
  const [record] = await runPipeline([again.stage], upgraded);
  expect(again.runs).toEqual([true]);
  expect(record!.versions).toEqual(["1.0.0", "1.1.0"]);
  await runPipeline([again.stage], upgraded);
  expect(again.runs).toEqual([true]);
  expect(notices).toEqual([
    `one: it was begun by version 1.0.0, and 1.1.0 goes on with it; to make it anew, remove ${join(out, "one")}`,
    `one: it was made by version 1.0.0 and 1.1.0 and is kept (this is 1.1.0); to make it anew, remove ${join(out, "one")}`,
  ]);
});

test("a stage that was begun and whose folder is gone begins anew", async () => {
  const out = await newFolder();
  await expect(runPipeline([writer("one", "a", { fail: cutPower }).stage], { out, config: null, version: "1.0.0" })).rejects.toThrow(
    "power cut",
  );
  await rm(join(out, "one"), { recursive: true });
  const again = writer("one", "a");
  const [record] = await runPipeline([again.stage], { out, config: null, resume: true, version: "1.1.0" });
  expect(again.runs).toEqual([false]);
  expect(record!.versions).toEqual(["1.1.0"]);
});

test("the version that is kept is the package's own, and one version alone has nothing to tell", async () => {
  const out = await newFolder();
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  const notices: string[] = [];
  const how = { out, config: null, onNotice: (line: string) => notices.push(line) };
  const [record] = await runPipeline([writer("one", "a").stage], how);
  await runPipeline([writer("one", "a").stage], { ...how, resume: true });
  expect(record!.versions).toEqual([version]);
  expect(notices).toEqual([]);
});

test("a manifest from before versions were kept is read, and that they were not is told", async () => {
  const out = await newFolder();
  await runPipeline([writer("one", "a").stage], { out, config: null });
  const manifest = JSON.parse(await readFile(join(out, "manifest.json"), "utf8"));
  for (const record of manifest.stages) delete record.versions;
  await writeFile(join(out, "manifest.json"), JSON.stringify(manifest));
  const notices: string[] = [];
  await runPipeline([writer("one", "a").stage], { out, config: null, resume: true, onNotice: (line) => notices.push(line) });
  expect(notices).toEqual([expect.stringMatching(/^one: it was made by a version that is not known and is kept/)]);
});

test("an abort stops before the next stage", async () => {
  const out = await newFolder();
  const abort = new AbortController();
  const two = writer("two", "b");
  const stop = () => abort.abort(new Error("stopped"));
  await expect(
    runPipeline([writer("one", "a").stage, two.stage], { out, config: null, signal: abort.signal, onStage: stop }),
  ).rejects.toThrow("stopped");
  expect(two.runs).toEqual([]);
});

test.each(["{", '{"format":2,"config":null,"stages":[]}', '{"format":1,"config":null,"stages":[{"name":"one"}]}'])(
  "a manifest that is none of ours is refused: %s",
  async (text) => {
    const out = await newFolder();
    await runPipeline([writer("one", "a").stage], { out, config: null });
    await writeFile(join(out, "manifest.json"), text);
    await expect(runPipeline([writer("one", "a").stage], { out, config: null, resume: true })).rejects.toMatchObject({
      code: "bad-manifest",
    });
  },
);

test("progress counts stages from 1 and ends each with its whole share", async () => {
  const out = await newFolder();
  const told: string[] = [];
  await runPipeline([writer("one", "a").stage, writer("two", "b").stage], {
    out,
    config: null,
    onProgress: ({ stage, number, stages, share }) => told.push(`${number}/${stages} ${stage} ${share}`),
  });
  expect(told).toEqual(["1/2 one 0", "1/2 one 1", "2/2 two 0", "2/2 two 1"]);
});

test("a second process on the folder is refused while the first runs", async () => {
  const out = await newFolder();
  let refused: unknown;
  const meeting: PipelineStage = {
    ...writer("one", "a").stage,
    async run(context) {
      refused = await runPipeline([writer("one", "a").stage], { out, config: null, resume: true }).catch((error: unknown) => error);
      return writer("one", "a").stage.run(context);
    },
  };
  await runPipeline([meeting], { out, config: null });
  expect(refused).toMatchObject({ code: "locked", message: expect.stringContaining("in use by this process") });
  expect((await readdir(out)).toSorted()).toEqual(["manifest.json", "one"]);
});
