import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchNative, installNative, isNativeInstalled } from "../../packages/backend/src/native/install.mjs";
import { withLock } from "../../packages/backend/src/native/lock.mjs";
import { installPackages, packagesAreInstalled } from "./packages.mjs";
import { openScreen } from "./screen.mjs";

const packages = "packages";
const native = "native TensorFlow";
const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Brings what a fresh clone lacks: the npm packages, and native TensorFlow at the same time. Where that cannot be had, one line says so
 * and everything runs on WASM. Does nothing, and prints nothing, where nothing is missing.
 *
 * @returns {Promise<{ root: string, seconds: number }>} the repository's folder, and how long it took since the process began
 */
async function setUp() {
  if (!(packagesAreInstalled(root) && (await hasNative()))) {
    // Two commands started in one clone at the same time: the second waits for the first.
    const name = createHash("sha256").update(root).digest("hex").slice(0, 16);
    await withLock(join(tmpdir(), `cai-set-up-${name}.lock`), bringAll);
  }
  return { root, seconds: Math.round(performance.now()) / 1000 };
}

/** `setUp`; where it fails, the reason in a line or two instead of a stack, and the end. */
export async function setUpOrExit() {
  try {
    return await setUp();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

async function bringAll() {
  const screen = openScreen();
  /** @param {string} text */
  const progress = (text) => screen.doing(native, text);
  // The wheel needs no npm package, so both downloads run at once.
  const fetch = settle(() => fetchNative({ progress })).finally(() => progress("waiting for the packages"));
  const [fetched] = await Promise.all([fetch, bringPackages(screen)]);
  const installed = fetched.error === undefined ? await settle(() => installNative({ project: root, progress })) : fetched;
  if (installed.error !== undefined) {
    const { message, mend } = /** @type {Error & { mend?: string }} */ (installed.error);
    screen.missing(native, `not available, so everything runs on WASM, slower: ${message}${mend ? `; to mend it: ${mend}` : ""}`);
  } else {
    const { version, done } = /** @type {import("../../packages/backend/src/native/install.d.mts").NativeInstallation} */ (installed.value);
    const steps = [.../** @type {{ done: string[] }} */ (fetched.value).done, ...done];
    screen.done(native, `${version}, ${steps.join(", ")}`);
  }
}

/** @param {import("./screen.mjs").Screen} screen */
async function bringPackages(screen) {
  if (packagesAreInstalled(root)) return;
  screen.doing(packages, "npm ci");
  screen.done(packages, `${await installPackages(root)} installed by npm ci`);
}

async function hasNative() {
  return (await settle(() => isNativeInstalled({ project: root }))).value === true;
}

/**
 * @template Value
 * @param {() => Promise<Value>} work
 * @returns {Promise<{ value?: Value, error?: unknown }>}
 */
async function settle(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}
