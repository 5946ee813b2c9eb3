import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packagesAreInstalled } from "./packages.mjs";

const locked = {
  "": { version: "0.1.0" },
  "packages/gae": { version: "0.1.0" },
  "node_modules/@cai/gae": { link: true },
  "node_modules/left": { version: "1.0.0", integrity: "sha512-left" },
  "node_modules/left-darwin": { version: "1.0.0", integrity: "sha512-darwin", optional: true },
};

/** A clone with these packages in its lockfile, and in node_modules what npm has noted. */
async function makeClone(installed: Record<string, object> | undefined) {
  const root = await mkdtemp(join(tmpdir(), "cai-clone-"));
  onTestFinished(() => rm(root, { recursive: true }));
  await writeFile(join(root, "package-lock.json"), JSON.stringify({ packages: locked }));
  if (installed === undefined) return root;
  for (const path of Object.keys(installed)) {
    await mkdir(join(root, path), { recursive: true });
    await writeFile(join(root, path, "package.json"), "{}");
  }
  await writeFile(join(root, "node_modules", ".package-lock.json"), JSON.stringify({ packages: installed }));
  return root;
}

const { "": _root, "node_modules/left-darwin": _otherPlatform, ...here } = locked;

test("a fresh clone has no packages", async () => {
  expect(packagesAreInstalled(await makeClone(undefined))).toBe(false);
});

test("installed packages are recognised without those of other platforms, and with further ones", async () => {
  expect(packagesAreInstalled(await makeClone(here))).toBe(true);
  expect(packagesAreInstalled(await makeClone({ ...here, "node_modules/extra": { version: "1.0.0" } }))).toBe(true);
});

test("another version, another content or a missing workspace is not what the lockfile says", async () => {
  const left = locked["node_modules/left"];
  const { "node_modules/@cai/gae": _gae, ...without } = here;
  expect(packagesAreInstalled(await makeClone({ ...here, "node_modules/left": { ...left, version: "1.0.1" } }))).toBe(false);
  expect(packagesAreInstalled(await makeClone({ ...here, "node_modules/left": { ...left, integrity: "sha512-other" } }))).toBe(false);
  expect(packagesAreInstalled(await makeClone(without))).toBe(false);
});

test("a package whose folder was deleted is missed", async () => {
  const root = await makeClone(here);
  await rm(join(root, "node_modules", "left"), { recursive: true });
  expect(packagesAreInstalled(root)).toBe(false);
});

test("an installation that was interrupted is not taken for one", async () => {
  const root = await makeClone(here);
  await writeFile(join(root, "node_modules", ".package-lock.json"), '{ "packages": {');
  expect(packagesAreInstalled(root)).toBe(false);
});
