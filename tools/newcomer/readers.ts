import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ReadmeExample, readReadmeExample } from "../tarballs/readme-example.ts";
import { shortened } from "./shortened.ts";

/** What a reader does: `follow` runs a line in the reader's folder, gives what it printed, and throws where it fails. */
export interface Place {
  readonly repository: string;
  readonly folder: string;
  readonly follow: (line: string, options?: { readonly cwd: string }) => Promise<string>;
}

/** Installs `@cai/gae` alone, as its README says, and runs the example. */
export async function installsOnePackage({ repository, folder, follow }: Place): Promise<void> {
  const example = readReadmeExample(join(repository, "packages/gae/README.md"));
  const printed = await installed(example, "example.mjs", example.code ?? "", { folder, follow });
  if (printed.join() !== example.promised.join())
    throw new Error(`it printed ${printed.join()}, its README promises ${example.promised.join()}`);
}

/** Puts packages together to train the demo's policy, as the README says, for two steps. */
export async function composesAPipeline({ repository, folder, follow }: Place): Promise<void> {
  const example = readReadmeExample(join(repository, "README.md"));
  const printed = await installed(example, "train.mjs", shortened(example.code ?? "", 2), { folder, follow });
  if (printed.length !== 2 || !printed.every((line) => /^\d+ -?\d+\.\d{3} -?\d+\.\d{3}$/.test(line)))
    throw new Error(`it printed ${printed.join()}`);
  await readFile(join(folder, "my-trained-model/model.safetensors"));
}

/** Clones the repository, tests one package, adds a function and its test to it, tests again and builds it. */
export async function contributes({ repository, folder, follow }: Place): Promise<void> {
  const clone = { cwd: join(folder, "cai") };
  await follow(`git clone --quiet '${repository}' cai`);
  await follow("npm ci", clone);
  await follow("npx nx test gae", clone);
  const source = join(clone.cwd, "packages/gae/src");
  await writeFile(
    join(source, "newcomer.ts"),
    "/** The sum of both. */\nexport const newcomersSum = (a: number, b: number): number => a + b;\n",
  );
  const test = 'test("a newcomer\'s sum is the sum", () => {\n  expect(newcomersSum(1, 2)).toBe(3);\n});\n';
  const imports = 'import { expect, test } from "vitest";\nimport { newcomersSum } from "./newcomer.ts";\n';
  await writeFile(join(source, "newcomer.test.ts"), `${imports}\n${test}`);
  const index = await readFile(join(source, "index.ts"), "utf8");
  await writeFile(join(source, "index.ts"), `${index}export { newcomersSum } from "./newcomer.ts";\n`);
  if (!(await follow("npx nx test gae", clone)).includes("newcomer.test.ts")) throw new Error("the new test was not run");
  await follow("npx nx build gae", clone);
  const built = `import("${join(clone.cwd, "packages/gae/dist/index.js")}").then(({ newcomersSum }) => console.log(newcomersSum(1, 2)))`;
  if ((await follow(`node -e '${built}'`)).trim() !== "3") throw new Error("the build lacks the new function");
  if (!(await readFile(join(clone.cwd, "packages/gae/dist/index.d.ts"), "utf8")).includes("newcomersSum"))
    throw new Error("the built types lack the new function");
}

/** What an example prints, line by line, in an empty project where what it wants was installed. */
async function installed(
  example: ReadmeExample,
  file: string,
  code: string,
  { folder, follow }: Pick<Place, "folder" | "follow">,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  for (const line of example.install) await follow(line);
  await writeFile(join(folder, file), code);
  return (await follow(`node ${file}`)).trimEnd().split("\n");
}
