import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, runLine } from "./tarballs/newcomer.ts";
import { packAll } from "./tarballs/pack.ts";
import { type ReadmeExample, readReadmeExample } from "./tarballs/readme-example.ts";
import { openRegistry } from "./tarballs/registry.ts";

// Every README followed to the letter: its install line in an empty project outside of the repository, where the packages come as the
// tarballs that would be published, then its example as plain JavaScript.
const packages = fileURLToPath(new URL("../packages", import.meta.url));
const examples = new Map(readdirSync(packages).map((name) => [name, readReadmeExample(join(packages, name, "README.md"))]));
// TensorFlow.js has 10,000 files: the packages that need it come one after another, so that npm unpacks it once.
const names = [...examples.keys()].sort((a, b) => Number(needsTensorflow(a)) - Number(needsTensorflow(b)));
const root = await mkdtemp(join(tmpdir(), "newcomer-"));
const project = join(root, "project");
let registry: Awaited<ReturnType<typeof openRegistry>>;

beforeAll(async () => {
  registry = await openRegistry(await packAll(root));
  await mkdir(project);
  await mkdir(join(root, "tmp"));
}, 1_200_000);
afterAll(async () => {
  registry?.close();
  await rm(root, { recursive: true });
});

function needsTensorflow(name: string): boolean {
  return installLine(examples.get(name)!).includes("@tensorflow/");
}

function installLine({ commands }: ReadmeExample): string {
  return commands.find((command) => command.includes("npm install")) ?? "";
}

/** Runs a line in a project, with a temporary folder that goes with it. */
async function follow(line: string, cwd = project, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const ended = await runLine(line, { cwd, env: { TMPDIR: join(root, "tmp"), ...env } });
  expect(ended.exit, `${line}\n${ended.stdout}${ended.stderr}`).toBe(0);
  return ended;
}

/** Makes `project` one that nothing is installed in, but for TensorFlow.js, which npm removes itself where nothing asks for it. */
async function empty(): Promise<void> {
  const kept = ["node_modules", "@tensorflow"];
  for (const folder of [project, join(project, "node_modules")])
    for (const name of await readdir(folder).catch(() => [])) if (!kept.includes(name)) await rm(join(folder, name), { recursive: true });
  await writeFile(join(project, ".npmrc"), `@cai:registry=${registry.url}\nprefer-offline=true\naudit=false\nfund=false\n`);
}

test.each(names.filter((name) => examples.get(name)!.code !== undefined))(
  "%s, installed as its README says, does what its README says",
  async (name) => {
    const example = examples.get(name)!;
    await empty();
    await follow(installLine(example));
    await writeFile(join(project, "example.mjs"), example.code!);
    const { stdout } = await follow("node example.mjs");
    expect(stdout.trimEnd().split("\n")).toEqual(example.promised);
  },
);
