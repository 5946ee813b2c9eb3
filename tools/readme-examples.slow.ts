import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishedPackages } from "./published.ts";
import { type Ended, runLine } from "./tarballs/newcomer.ts";
import { npmSettings } from "./tarballs/npm-settings.ts";
import { packAll } from "./tarballs/pack.ts";
import { readReadmeExample } from "./tarballs/readme-example.ts";
import { openRegistry, type Tarball } from "./tarballs/registry.ts";

// Every README followed to the letter: its install line in an empty project outside of the repository, where the packages come as the
// tarballs that would be published, then its example as plain JavaScript.
const packages = fileURLToPath(new URL("../packages", import.meta.url));
const examples = new Map(publishedPackages.map((name) => [name, readReadmeExample(join(packages, name, "README.md"))]));
// TensorFlow.js has 10,000 files: the packages that need it come one after another, in one folder, so that npm unpacks it once.
const names = [...examples.keys()].sort((a, b) => Number(needsTensorflow(a)) - Number(needsTensorflow(b)));
const root = await mkdtemp(join(tmpdir(), "newcomer-"));
const project = join(root, "project");
/** Whether npm's registry, or its cache, has what the packages depend on. */
const { exit } = await runLine("npm view @tensorflow/tfjs@4.22.0 version --prefer-offline --fetch-retries=1", { cwd: root });
const testWithNpm = test.runIf(exit === 0);
let tarballs: readonly Tarball[];
let registry: Awaited<ReturnType<typeof openRegistry>>;

beforeAll(async () => {
  tarballs = await packAll(root);
  registry = await openRegistry(tarballs);
  for (const folder of ["project", "tmp", "elsewhere"]) await mkdir(join(root, folder));
  await writeFile(join(root, "npmrc"), await npmSettings(registry.url));
}, 1_200_000);
afterAll(async () => {
  registry?.close();
  await rm(root, { recursive: true });
});

function needsTensorflow(name: string): boolean {
  return examples.get(name)!.install.join().includes("@tensorflow/");
}

/** Runs a line that has to succeed, with temporary files and a cache that go with the test: no native TensorFlow is found. */
async function follow(line: string, { cwd = project, env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
  const own = { TMPDIR: join(root, "tmp"), XDG_CACHE_HOME: join(root, "cache"), npm_config_userconfig: join(root, "npmrc") };
  const ended = await runLine(line, { cwd, env: { ...own, ...env } });
  expect(ended.exit, `${line}\n${ended.stdout}${ended.stderr}`).toBe(0);
  return ended;
}

/** Makes `project` one that asks for nothing; from node_modules npm removes itself what the next line doesn't ask for. */
async function empty(): Promise<void> {
  for (const name of await readdir(project)) if (name !== "node_modules") await rm(join(project, name), { recursive: true });
}

/** What lies in node_modules though neither the install line nor what it brought needs it. */
async function strays(): Promise<string[]> {
  const { packages } = JSON.parse(await readFile(join(project, "node_modules/.package-lock.json"), "utf8"));
  return Object.keys(packages).filter((path) => packages[path].extraneous || (packages[path].peer && packages[path].optional));
}

test("every tarball holds the licence, and what its package.json names; no tests", async () => {
  const licence = readFileSync(join(packages, "../LICENSE"), "utf8");
  for (const { manifest, file } of tarballs) {
    const held = (await follow(`tar -tzf '${file}'`)).stdout.split("\n").map((name) => name.replace("package/", "./"));
    const named = JSON.stringify([manifest.exports, manifest.bin]).match(/(?<=:")\.\/[^"]+/g) ?? [];
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((name) => !held.includes(name))).toEqual([]);
    expect(held.filter((name) => /\.(test|slow|fixture)\.|\/golden\/|\/fixtures\//.test(name))).toEqual([]);
    expect((await follow(`tar -xzOf '${file}' package/LICENSE`)).stdout).toBe(licence);
  }
});

testWithNpm.each(names.filter((name) => examples.get(name)!.code !== undefined))(
  "%s, installed as its README says, does what its README says (where npm's registry can be reached)",
  async (name) => {
    const example = examples.get(name)!;
    await empty();
    for (const line of example.install) await follow(line);
    expect(await strays()).toEqual([]);
    await writeFile(join(project, "example.mjs"), example.code!);
    const { stdout } = await follow("node example.mjs");
    expect(stdout.trimEnd().split("\n")).toEqual(example.promised);
  },
);

testWithNpm("cai, installed as its README says, is the same from every folder, writes nothing into it, and trains (as above)", async () => {
  const prefix = join(root, "prefix");
  const env = { npm_config_prefix: prefix, PATH: `${join(prefix, "bin")}${delimiter}${process.env.PATH}` };
  const elsewhere = join(root, "elsewhere");
  await rm(project, { recursive: true });
  await mkdir(project);
  for (const line of examples.get("cli")!.install) await follow(line, { env });
  for (const cwd of [project, elsewhere]) {
    const { stdout, stderr } = await follow("cai doctor --json", { cwd, env });
    expect(JSON.parse(stdout).backend.name).toBe("wasm");
    expect(stderr).toBe("");
    expect(await readdir(cwd)).toEqual([]);
  }
  await writeFile(join(project, "prompts.txt"), "My fellow citizens\nWe have\n");
  await writeFile(join(project, "short.mjs"), "export default ({ responses }) => responses.map((text) => -text.length);\n");
  await follow("cai train --policy demo --reward ./short.mjs --prompts prompts.txt --steps 1 --batch-size 2 --out run", { env });
  expect(await readdir(join(project, "run/final"))).toContain("model.safetensors");
});
