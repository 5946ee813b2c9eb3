import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serve } from "../browser/serve.mjs";
import { openBrowser } from "../dashboard/open-browser.mjs";
import { codeBlocks } from "../documentation/markdown.mjs";
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

/** Makes a page that trains, as the documentation says, and looks at what the browser's console shows. */
export async function trainsInABrowser({ repository, folder, follow }: Place): Promise<void> {
  const blocks = codeBlocks(await readFile(join(repository, "docs/train-in-your-browser.md"), "utf8"));
  const codeOf = (language: string): string => blocks.find((block) => block.language === language)!.code;
  await follow(codeOf("sh"));
  const files = { "index.html": "html", "worker.ts": "ts", "vite.config.js": "js" };
  for (const [file, language] of Object.entries(files)) await writeFile(join(folder, file), codeOf(language));
  await follow("npx vite build");
  const shown = await consoleOf(join(folder, "dist/"), 10);
  if (!shown.every((line) => /^\d+ -?\d+\.\d{3} -?\d+\.\d{3}$/.test(line)))
    throw new Error(`the browser's console shows ${shown.join("; ")}`);
}

/** What the programs of a page log, so many lines of it, or until one of them fails. */
async function consoleOf(site: string, lines: number): Promise<string[]> {
  const server = await serve({ "/": site });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    const shown: string[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      page.on("pageerror", reject);
      page.on("console", (message) => {
        if (message.type() === "log" && shown.push(message.text()) === lines) resolve();
      });
      setTimeout(() => reject(new Error(`after five minutes the browser's console shows ${shown.length} lines`)), 300_000).unref();
    });
    await page.goto(`${server.url}/index.html`);
    await ended;
    return shown;
  } finally {
    await browser.close();
    await server.close();
  }
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
