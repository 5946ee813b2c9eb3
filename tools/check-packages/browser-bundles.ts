import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { build } from "rolldown";
import { readReadmeExample } from "../tarballs/readme-example.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What runs in a page as it runs in Node. */
export interface BrowserExample {
  readonly name: string;
  readonly code: string;
  /** What it prints, a text for each `console.log`. */
  readonly promised: readonly string[];
}

/** The README's examples of the packages that are for browsers too; that of safetensors is about files, so it has one of its own here. */
export function browserExamples(): readonly BrowserExample[] {
  const ofReadmes = ["gae", "kl", "random", "sampling", "ppo-loss", "value-head", "tokenizer"].map((name) => {
    const { code, promised } = readReadmeExample(join(root, "packages", name, "README.md"));
    return { name, code: code ?? "", promised };
  });
  const safetensors = `import { parseSafetensors, serializeSafetensors } from "@cai/safetensors";
    const bytes = serializeSafetensors([{ name: "w", dtype: "BF16", shape: [2], data: Float32Array.of(1, -2) }]);
    const file = parseSafetensors(bytes);
    console.log(file.names.join(), bytes.length, file.readFloat32("w"));`;
  return [...ofReadmes, { name: "safetensors", code: safetensors, promised: ["w 100 Float32Array(2) [ 1, -2 ]"] }];
}

/** Bundles examples, of what is built, for browsers, runs each in Chromium, and says what is wrong, by name: undefined where nothing is. */
export async function faultsInBrowser(
  examples: readonly BrowserExample[],
  executablePath: string,
): Promise<ReadonlyMap<string, string | undefined>> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const faults = new Map<string, string | undefined>();
    for (const example of examples) {
      const page = await browser.newPage();
      const printed = await bundled(example).then(
        (bundle) => printedBy(page, bundle),
        (error: Error) => [error.message],
      );
      await page.close();
      const isSame = printed.join("\n") === example.promised.join("\n");
      faults.set(
        example.name,
        isSame ? undefined : `bundled for browsers it printed ${printed.join("; ")}, expected ${example.promised.join("; ")}`,
      );
    }
    return faults;
  } finally {
    await browser.close();
  }
}

/** One ES module with all that the example imports. What can't be in a browser, a module of Node's say, is an error. */
async function bundled({ name, code }: BrowserExample): Promise<string> {
  const entry = join(root, `browser-example-${name}.js`);
  const { output } = await build({
    input: entry,
    platform: "browser",
    write: false,
    output: { format: "esm" },
    plugins: [{ name: "example", resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? code : null) }],
    onLog: (_level, { code, message }) => {
      if (code === "UNRESOLVED_IMPORT" || code === "IMPORT_IS_UNDEFINED") throw new Error(message);
    },
  });
  return output[0].code;
}

/** What a module prints in a page, or the error that ends it. */
async function printedBy(page: Page, module: string): Promise<string[]> {
  const thrown = new Promise<string[]>((tell) => page.on("pageerror", ({ message }) => tell([message])));
  await page.evaluate(printAsNode);
  await page.addScriptTag({ type: "module", content: `${module}\nglobalThis.ended = true;` });
  const ended = page.waitForFunction("globalThis.ended === true", undefined, { timeout: 60_000 });
  return Promise.race([thrown, ended.then(() => page.evaluate<string[]>("globalThis.printed"))]);
}

/** In the page: keeps what is printed, in Node's way of writing arrays of numbers. */
const printAsNode = `
  globalThis.printed = [];
  const shown = (value) => (ArrayBuffer.isView(value) ? \`\${value.constructor.name}(\${value.length}) [ \${value.join(", ")} ]\` : String(value));
  console.log = (...values) => void printed.push(values.map(shown).join(" "));
`;
