import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { publishedPackages } from "../published.ts";
import { neededBy, resolveLocked } from "./lock-graph.mjs";
import { type Bom, faultsOf, releaseBom } from "./release-bom.mjs";

const bytes = Buffer.alloc(64, 10);
const integrity = `sha512-${bytes.toString("base64")}`;
const packages = {
  "": { name: "root", version: "0.0.0" },
  "node_modules/@cai/gae": { resolved: "packages/gae", link: true },
  "packages/gae": { name: "@cai/gae", version: "1.0.0", dependencies: { tar: "^6.0.0" }, peerDependencies: { ai: "*", none: "*" } },
  "packages/testing": { name: "@cai/testing", version: "1.0.0", dependencies: { "@cai/gae": "*", vitest: "*" } },
  "node_modules/tar": { version: "6.0.0", integrity, dependencies: { minipass: "^3.0.0" } },
  "node_modules/tar/node_modules/minipass": { version: "3.0.0", integrity },
  "node_modules/minipass": { version: "5.0.0", integrity },
  "node_modules/ai": { version: "2.0.0", integrity, optionalDependencies: { minipass: "^5.0.0" } },
  "node_modules/vitest": { version: "4.0.0", integrity },
};
const lock = { packages, published: ["packages/gae"] };

const component = (name: string, version: string) => ({
  ...{ "bom-ref": `${name}@${version}`, name, version, purl: `pkg:npm/${name.replace("@", "%40")}@${version}` },
  hashes: [{ alg: "SHA-512", content: bytes.toString("hex") }],
});
const gae = { ...component("@cai/gae", "1.0.0"), name: "gae", hashes: [] }; // as npm calls a workspace
const bom: Bom = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  serialNumber: "urn:uuid:12345678-1234-1234-1234-123456789abc",
  metadata: { component: { "bom-ref": "root@0.0.0" } },
  components: [
    gae,
    component("@cai/testing", "1.0.0"),
    ...[component("tar", "6.0.0"), component("minipass", "3.0.0"), component("minipass", "5.0.0")],
    ...[component("ai", "2.0.0"), component("vitest", "4.0.0")],
  ],
  dependencies: [],
};

test("what a package requires is found from its place upwards, and a workspace in its folder", () => {
  expect(resolveLocked(packages, "node_modules/tar", "minipass")).toBe("node_modules/tar/node_modules/minipass");
  expect(resolveLocked(packages, "node_modules/ai", "minipass")).toBe("node_modules/minipass");
  expect(resolveLocked(packages, "packages/testing", "@cai/gae")).toBe("packages/gae");
  expect(resolveLocked(packages, "packages/gae", "none")).toBeUndefined();
});

test("needed is what published packages depend on, and their peers; not what tests need", () => {
  expect([...neededBy(packages, lock.published).keys()].toSorted()).toEqual([
    "node_modules/ai",
    "node_modules/minipass",
    "node_modules/tar",
    "node_modules/tar/node_modules/minipass",
    "packages/gae",
  ]);
});

test("the bill of a release has those alone, by their names, with what each of them needs", () => {
  const made = releaseBom(bom, lock);
  expect(made.components.map(({ name, version }) => `${name}@${version}`)).toEqual([
    ...["@cai/gae@1.0.0", "tar@6.0.0", "minipass@3.0.0", "minipass@5.0.0", "ai@2.0.0"],
  ]);
  expect(Object.fromEntries(made.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))).toEqual({
    "root@0.0.0": ["@cai/gae@1.0.0"],
    "@cai/gae@1.0.0": ["tar@6.0.0", "ai@2.0.0"],
    "tar@6.0.0": ["minipass@3.0.0"],
    "ai@2.0.0": ["minipass@5.0.0"],
    "minipass@3.0.0": [],
    "minipass@5.0.0": [],
  });
  expect(faultsOf(made, lock)).toEqual([]);
  expect(releaseBom({ ...bom, components: [...bom.components, component("tar", "6.0.0")] }, lock)).toEqual(made); // as npm 10 tells of copies
});

test("each fault is told", () => {
  const made = releaseBom(bom, lock);
  const faults = (changes: Partial<Bom>) => faultsOf({ ...made, ...changes }, lock);
  const [first, tar, ...others] = made.components;
  expect(faults({ specVersion: "2.0" })).toEqual(["the format is CycloneDX 2.0, not CycloneDX 1.4 or later"]);
  expect(faults({ serialNumber: "7" })).toEqual(["serialNumber is 7"]);
  expect(faults({ components: [first!, tar!, tar!, ...others] })).toEqual(["a bom-ref stands there twice"]);
  expect(faults({ components: [first!, ...others] })).toEqual(["tar@6.0.0 is needed, and is no component"]);
  expect(faults({ components: [first!, { ...tar!, purl: "pkg:npm/tar" }, ...others] })).toEqual(["tar@6.0.0 has the address pkg:npm/tar"]);
  const hashes = [{ alg: "SHA-512", content: "0b".repeat(64) }];
  expect(faults({ components: [first!, { ...tar!, hashes }, ...others] })).toEqual(["tar@6.0.0 has not the SHA-512 that the lock has"]);
});

test("npm makes such a bill of this repository", { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "cai-sbom-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const out = join(folder, "sbom.cdx.json");
  const program = fileURLToPath(new URL("sbom.mjs", import.meta.url));
  expect(execFileSync(process.execPath, [program, "--out", out], { encoding: "utf8" })).toContain("CycloneDX 1.");
  const { components } = JSON.parse(await readFile(out, "utf8")) as Bom;
  const names = components.map(({ name }) => name);
  const needed = ["commander", "@tensorflow/tfjs", "@tensorflow/tfjs-node", "onnxruntime-node", "yaml", "zod"];
  expect(names).toEqual(expect.arrayContaining([...needed, ...publishedPackages.map((name) => `@cai/${name}`)]));
  for (const name of ["@cai/testing", "vitest", "nx", "@biomejs/biome"]) expect(names).not.toContain(name);
});
