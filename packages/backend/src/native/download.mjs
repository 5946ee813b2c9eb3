// @ts-check
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { NativeInstallError } from "./error.mjs";
import { findPip } from "./python.mjs";
import { run, tellingLine } from "./run.mjs";

/** @param {number} bytes */
const megabytes = (bytes) => Math.round(bytes / 1e6);

/**
 * The wheel's file in the cache: the one that is there if its SHA-256 is right, else fetched by pip. A broken one is fetched again.
 *
 * @param {import("./wheels.mjs").Wheel} wheel
 * @param {{ cache: string, progress: (text: string) => void, execute?: typeof run, waits?: readonly number[] }} options
 *   `waits`: milliseconds before each further attempt
 */
export async function downloadWheel(wheel, { cache, progress, execute = run, waits = [1_000, 4_000] }) {
  const file = join(cache, `${wheel.name}.whl`);
  if ((await sha256(file)) === wheel.sha256) return file;
  await rm(file, { force: true });
  const pip = await findPip(execute);
  for (let attempt = 0; ; attempt++) {
    progress(`downloading ${megabytes(wheel.bytes)} MB`);
    try {
      return await fetchOnce(wheel, file, pip, { progress, execute });
    } catch (error) {
      const wait = waits[attempt];
      if (wait === undefined) throw error;
      await sleep(wait);
    }
  }
}

/**
 * @param {import("./wheels.mjs").Wheel} wheel
 * @param {string} file
 * @param {readonly [string, ...string[]]} pip
 * @param {{ progress: (text: string) => void, execute: typeof run }} options
 */
async function fetchOnce(wheel, file, [program, ...args], { progress, execute }) {
  const folder = await mkdtemp(file.replace(/whl$/, "downloading-"));
  const watch = setInterval(async () => {
    const bytes = await folderSize(folder);
    if (bytes > 0) progress(`downloading ${megabytes(Math.min(bytes, wheel.bytes))} of ${megabytes(wheel.bytes)} MB`);
  }, 500);
  try {
    const options = ["--quiet", "--no-cache-dir", "--disable-pip-version-check", "--no-input", "--retries", "1", "--no-deps"];
    const target = ["--only-binary=:all:", "--python-version", "3.11", "--platform", wheel.platform, "--dest", folder];
    // pip writes to TMPDIR first: a small /tmp must not stop it, and from the same disk the last move is a rename.
    const env = { ...process.env, TMPDIR: folder };
    const result = await execute(program, [...args, "download", ...options, ...target, wheel.requirement], { env });
    const fetched = (await readdir(folder)).find((name) => name.endsWith(".whl"));
    if (!result.ok || fetched === undefined) {
      const reason = /connection|timed out|resolv|certificate|proxy/i.test(result.stderr)
        ? "no connection to the package index"
        : tellingLine(result.stderr);
      throw new NativeInstallError(
        `pip could not download ${wheel.requirement}: ${reason}`,
        "check the network (or pip's index, PIP_INDEX_URL)",
      );
    }
    const found = await sha256(join(folder, fetched));
    if (found !== wheel.sha256) {
      const message = `the downloaded ${wheel.requirement} has SHA-256 ${found}, not ${wheel.sha256}`;
      throw new NativeInstallError(message, "check pip's index (PIP_INDEX_URL): it gives another file than PyPI");
    }
    await rename(join(folder, fetched), file);
    return file;
  } finally {
    clearInterval(watch);
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The SHA-256 of a file in hexadecimal; undefined where there is no file.
 *
 * @param {string} file
 */
export async function sha256(file) {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  return hash.digest("hex");
}

/** @param {string} folder @returns {Promise<number>} */
async function folderSize(folder) {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (entry) => (entry.isFile() ? entry.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
