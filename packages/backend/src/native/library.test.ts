import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, realpath, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { ensureLibrary, isComplete } from "./library.mjs";
import { run } from "./run.mjs";
import type { Wheel } from "./wheels.mjs";

const pythonAvailable = (await run("python3", ["--version"])).ok;

/** A wheel of a few bytes with the members that count, and one that does not. */
async function makeWheel(): Promise<{ file: string; wheel: Wheel }> {
  const file = join(await temporaryFolder(), "tiny.whl");
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as wheel:
    for name in ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2", "include/tensorflow/c/c_api.h", "python/big.so"):
        wheel.writestr("tensorflow/" + name, "content of " + name)
`;
  expect((await run("python3", ["-c", script, file])).ok).toBe(true);
  const bytes = await readFile(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { file, wheel: { name: "tiny-1.0-cpu", requirement: "tiny==1.0", platform: "any", sha256, bytes: bytes.length, gpu: false } };
}

/** pip replaced: it "downloads" what `fetch` puts into the folder that it is given. Everything else runs. */
function withPip(fetch: (folder: string, attempt: number) => Promise<void>) {
  let downloads = 0;
  const execute: typeof run = async (command, args, options) => {
    if (!args.includes("pip")) return run(command, args, options);
    if (args.includes("--version")) return { ok: true, missing: false, stdout: "pip 24", stderr: "" };
    try {
      await fetch(args[args.indexOf("--dest") + 1]!, ++downloads);
      return { ok: true, missing: false, stdout: "", stderr: "" };
    } catch (error) {
      return { ok: false, missing: false, stdout: "", stderr: String(error) };
    }
  };
  return { execute, downloads: () => downloads };
}

const emptyCache = async () => join(await temporaryFolder(), "cai");
const quick = { progress: () => {}, waits: [0, 0] };

test.runIf(pythonAvailable)("libraries and headers are unpacked, and nothing else stays in the cache (where there is Python)", async () => {
  const { file, wheel } = await makeWheel();
  const cache = await emptyCache();
  const { execute } = withPip((folder) => cp(file, join(folder, "tiny.whl")));
  const { directory, fetched } = await ensureLibrary(wheel, { cache, execute, ...quick });
  expect(fetched).toBe(true);
  expect(await readdir(cache)).toEqual(["tiny-1.0-cpu"]);
  const folder = join(directory, "tensorflow");
  expect((await readdir(folder)).sort()).toEqual([
    "include",
    "libtensorflow.so",
    "libtensorflow.so.2",
    "libtensorflow.so.2.9.1",
    "libtensorflow_cc.so.2",
    "libtensorflow_framework.so",
    "libtensorflow_framework.so.2",
    "libtensorflow_framework.so.2.9.1",
  ]);
  expect(await realpath(join(folder, "libtensorflow.so"))).toBe(await realpath(join(folder, "libtensorflow_cc.so.2")));
  expect(await readFile(join(folder, "include/tensorflow/c/c_api.h"), "utf8")).toBe("content of include/tensorflow/c/c_api.h");
});

test.runIf(pythonAvailable)("a second installation fetches nothing, and two at once fetch one time (where there is Python)", async () => {
  const { file, wheel } = await makeWheel();
  const cache = await emptyCache();
  const { execute, downloads } = withPip((folder) => cp(file, join(folder, "tiny.whl")));
  const both = await Promise.all([1, 2].map(() => ensureLibrary(wheel, { cache, execute, ...quick })));
  expect(both.filter(({ fetched }) => fetched)).toHaveLength(1);
  expect((await ensureLibrary(wheel, { cache, execute, ...quick })).fetched).toBe(false);
  expect(downloads()).toBe(1);
});

test.runIf(pythonAvailable)("a truncated download is refused and fetched again (where there is Python)", async () => {
  const { file, wheel } = await makeWheel();
  const cache = await emptyCache();
  const { execute, downloads } = withPip(async (folder, attempt) => {
    await cp(file, join(folder, "tiny.whl"));
    if (attempt === 1) await truncate(join(folder, "tiny.whl"), 100);
  });
  expect((await ensureLibrary(wheel, { cache, execute, ...quick })).fetched).toBe(true);
  expect(downloads()).toBe(2);
});

test.runIf(pythonAvailable)(
  "a wheel that an interrupted installation left is used if it is whole, and fetched again if not (where there is Python)",
  async () => {
    const { file, wheel } = await makeWheel();
    const pip = withPip((folder) => cp(file, join(folder, "tiny.whl")));
    const whole = await emptyCache();
    await cp(file, join(whole, "tiny-1.0-cpu.whl"));
    await ensureLibrary(wheel, { cache: whole, execute: pip.execute, ...quick });
    expect(pip.downloads()).toBe(0);
    const broken = await emptyCache();
    await cp(file, join(broken, "tiny-1.0-cpu.whl"));
    await truncate(join(broken, "tiny-1.0-cpu.whl"), 100);
    await mkdir(join(broken, "tiny-1.0-cpu.unpacking-abc"));
    await mkdir(join(broken, "tiny-1.0-cpu.downloading-abc"));
    await ensureLibrary(wheel, { cache: broken, execute: pip.execute, ...quick });
    expect(pip.downloads()).toBe(1);
    expect(await readdir(broken)).toEqual(["tiny-1.0-cpu"]);
  },
);

test.runIf(pythonAvailable)("a library in the cache that has lost bytes is fetched again (where there is Python)", async () => {
  const { file, wheel } = await makeWheel();
  const cache = await emptyCache();
  const { execute, downloads } = withPip((folder) => cp(file, join(folder, "tiny.whl")));
  const { directory } = await ensureLibrary(wheel, { cache, execute, ...quick });
  await truncate(join(directory, "tensorflow", "libtensorflow_cc.so.2"), 3);
  expect(await isComplete(wheel, cache)).toBe(false);
  await ensureLibrary(wheel, { cache, execute, ...quick });
  expect(await isComplete(wheel, cache)).toBe(true);
  expect(downloads()).toBe(2);
});

test.runIf(pythonAvailable)("another file than the known one is never unpacked (where there is Python)", async () => {
  const { wheel } = await makeWheel();
  const cache = await emptyCache();
  const { execute, downloads } = withPip((folder) => writeFile(join(folder, "tiny.whl"), "something else"));
  await expect(ensureLibrary(wheel, { cache, execute, ...quick })).rejects.toThrow(/tiny==1.0 has SHA-256 [0-9a-f]{64}, not /);
  expect(downloads()).toBe(3);
  expect(await readdir(cache)).toEqual([]);
});

test("without a network the error says so in one line, after three attempts", async () => {
  const cache = await emptyCache();
  const wheel = { name: "tiny", requirement: "tiny==1.0", platform: "any", sha256: "0", bytes: 1, gpu: false };
  const { execute, downloads } = withPip(() => Promise.reject(new Error("WARNING: connection broken by NewConnectionError")));
  await expect(ensureLibrary(wheel, { cache, execute, ...quick })).rejects.toMatchObject({
    message: "pip could not download tiny==1.0: no connection to the package index",
    fix: expect.stringContaining("check the network"),
  });
  expect(downloads()).toBe(3);
});
