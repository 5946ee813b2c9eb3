import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "../../packages/testing/src/find-chromium.mjs";
import { runLine } from "../tarballs/newcomer.ts";
import { npmSettings } from "../tarballs/npm-settings.ts";
import { packAll } from "../tarballs/pack.ts";
import { openRegistry } from "../tarballs/registry.ts";
import { composesAPipeline, contributes, installsOnePackage, type Place, trainsInABrowser } from "./readers.ts";

const readers: Readonly<Record<string, (place: Place) => Promise<void>>> = {
  "installs one package and runs its example": installsOnePackage,
  "composes a pipeline and trains": composesAPipeline,
  ...(findChromium() !== undefined && { "makes a page that trains": trainsInABrowser }),
  "contributes to one package": contributes,
};
const repository = fileURLToPath(new URL("../..", import.meta.url));
const root = await mkdtemp(join(tmpdir(), "cai-newcomer-"));
const rows: string[] = [];
let failed = 0;
try {
  const { exit, stderr } = await runLine("npm view @tensorflow/tfjs-core@4.22.0 version --fetch-retries=1", { cwd: root });
  if (exit !== 0) console.log(`left out, for npm's registry can't be reached: ${stderr.trim().split("\n")[0]}`);
  else await playAll();
} finally {
  await rm(root, { recursive: true, force: true });
}
if (findChromium() === undefined) console.log("left out, for there is no Chromium: makes a page that trains");
for (const row of rows) console.log(row);
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function playAll(): Promise<void> {
  const tarballs = join(root, "tarballs");
  await mkdir(tarballs);
  const registry = await openRegistry(await packAll(tarballs));
  try {
    await writeFile(join(root, "npmrc"), await npmSettings(registry.url));
    for (const [name, play] of Object.entries(readers)) {
      const began = performance.now();
      const fault = await play(await emptyPlace(rows.length)).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (fault !== undefined) failed++;
      rows.push(`${fault === undefined ? "ok  " : "FAIL"}  ${`${Math.round((performance.now() - began) / 1000)} s`.padStart(6)}  ${name}`);
      if (fault !== undefined) console.log(`${name}: ${fault}`);
    }
  } finally {
    registry.close();
  }
}

/** A folder where there is nothing yet, not even in npm's cache, in Nx's or in ours: no native TensorFlow is found. */
async function emptyPlace(number: number): Promise<Place> {
  const home = join(root, `reader-${number}`);
  const folder = join(home, "folder");
  for (const name of ["folder", "tmp"]) await mkdir(join(home, name), { recursive: true });
  const own = { TMPDIR: join(home, "tmp"), XDG_CACHE_HOME: join(home, "cache"), NX_CACHE_DIRECTORY: join(home, "nx-cache") };
  const env = { ...own, npm_config_cache: join(home, "npm-cache"), npm_config_userconfig: join(root, "npmrc") };
  return {
    repository,
    folder,
    async follow(line, { cwd } = { cwd: folder }) {
      const { exit, stdout, stderr } = await runLine(line, { cwd, env });
      if (exit !== 0) throw new Error(`${line} failed:\n${stdout}${stderr}`);
      return stdout;
    },
  };
}
