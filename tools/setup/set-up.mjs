// @ts-check
import { createHash } from "node:crypto";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchNative, installNative, isNativeInstalled, nativeLoads } from "../../packages/backend/src/native/install.mjs";
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
    const name = createHash("sha256").update(`${root} ${userInfo().uid}`).digest("hex").slice(0, 16);
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
  const ready = bringPackages(screen);
  await Promise.all([ready, bringNative(screen, ready)]);
}

/** @param {import("./screen.mjs").Screen} screen */
async function bringPackages(screen) {
  if (packagesAreInstalled(root)) return;
  screen.doing(packages, "npm ci");
  screen.done(packages, `${await installPackages(root)} installed by npm ci`);
}

/**
 * @param {import("./screen.mjs").Screen} screen
 * @param {Promise<void>} packagesReady
 */
async function bringNative(screen, packagesReady) {
  /** @param {string} text */
  const progress = (text) => screen.doing(native, text);
  try {
    const fetched = await fetchNative({ progress }); // needs no npm package, so it runs beside npm ci
    await packagesReady;
    const { version, done } = await installNative({ progress });
    screen.done(native, [version, ...fetched.done, ...done].join(", "));
  } catch (error) {
    await packagesReady;
    const { message, fix } = /** @type {Error & { fix?: string }} */ (error);
    if (await nativeLoads()) screen.done(native, `as it was before (${message})`);
    else screen.missing(native, `not available, so everything runs on WASM, slower: ${message}${fix ? `; ${fix}` : ""}`);
  }
}

async function hasNative() {
  try {
    return await isNativeInstalled();
  } catch {
    return false; // not on this platform: said once, by bringNative
  }
}
