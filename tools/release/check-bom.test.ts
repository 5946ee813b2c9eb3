import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { publishedPackages } from "../published.ts";
import { type Bom, faultsOf } from "./check-bom.mjs";

const component = (name: string, version: string, more: object = { hashes: [{ alg: "SHA-512", content: "0a".repeat(64) }] }) => ({
  ...{ "bom-ref": `${name}@${version}`, name, version, purl: `pkg:npm/${name.replace("@", "%40")}@${version}` },
  ...more,
});

const bom: Bom = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  serialNumber: "urn:uuid:12345678-1234-1234-1234-123456789abc",
  metadata: { component: { "bom-ref": "cai" } },
  components: [component("@cai/gae", "0.1.0", {}), component("commander", "14.0.3")],
  dependencies: [{ ref: "cai", dependsOn: ["@cai/gae@0.1.0"] }, { ref: "@cai/gae@0.1.0", dependsOn: ["commander@14.0.3"] }],
};
const lock = { published: ["@cai/gae"], unpublished: new Set(["vitest@4.1.12"]), unhashed: new Set<string>() };
const faults = (changes: Partial<Bom>, changedLock = {}) => faultsOf({ ...bom, ...changes }, { ...lock, ...changedLock });

test("what names every package, and what they need with its hash, has no fault", () => {
  expect(faults({})).toEqual([]);
});

test("each fault is told", () => {
  const [gae, commander] = bom.components;
  expect(faults({ specVersion: "2.0" })).toEqual(["the format is CycloneDX 2.0, not CycloneDX 1.4 or later"]);
  expect(faults({ serialNumber: "7" })).toEqual(["serialNumber is 7"]);
  expect(faults({ components: [gae!, commander!, commander!] })).toEqual(["a bom-ref stands there twice"]);
  expect(faults({ components: [gae!] })).toEqual(["commander@14.0.3 is depended on, and is no component"]);
  expect(faults({}, { published: ["@cai/gae", "@cai/kl"] })).toEqual(["@cai/kl is published, and is no component"]);
  expect(faults({ components: [gae!, { ...commander!, purl: "pkg:npm/commander" }] })).toEqual([
    "commander@14.0.3 has the address pkg:npm/commander",
  ]);
  expect(faults({ components: [...bom.components, component("vitest", "4.1.12")] })).toEqual(["vitest@4.1.12 is for development alone"]);
  const bare = component("commander", "14.0.3", {});
  expect(faults({ components: [gae!, bare] })).toEqual(["commander@14.0.3 has no SHA-512"]);
  expect(faults({ components: [gae!, bare] }, { unhashed: new Set(["commander@14.0.3"]) })).toEqual([]);
});

test("npm makes such a bill of this repository", { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "cai-sbom-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const out = join(folder, "sbom.cdx.json");
  const program = fileURLToPath(new URL("sbom.mjs", import.meta.url));
  expect(execFileSync(process.execPath, [program, "--out", out], { encoding: "utf8" })).toContain("CycloneDX 1.");
  const { components } = JSON.parse(await readFile(out, "utf8")) as Bom;
  const names = components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["commander", "@tensorflow/tfjs", ...publishedPackages.map((name) => `@cai/${name}`)]));
  for (const name of ["vitest", "nx", "@biomejs/biome"]) expect(names).not.toContain(name);
});
