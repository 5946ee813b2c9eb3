import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const source = new URL(".", import.meta.url);

/** Every module that is loaded with this one, as bundlers for browsers see it. */
function modulesOf(file: URL, seen = new Set<string>()): ReadonlySet<string> {
  const code = readFileSync(file, "utf8").replaceAll(/^import type .*$/gm, "");
  for (const [, statically, dynamically] of code.matchAll(/^(?:import|export|\})[^"\n]*?\bfrom "([^"]+)"|\bimport\("([^"]+)"\)/gm)) {
    const module = statically ?? dynamically;
    const found =
      module === "#platform" ? new URL("platform-browser.ts", source) : module!.startsWith(".") ? new URL(module!, file) : module!;
    if (seen.has(String(found))) continue;
    seen.add(String(found));
    if (found instanceof URL) modulesOf(found, seen);
  }
  return seen;
}

test("browsers load no module of Node's and no Rust library", () => {
  const modules = [...modulesOf(new URL("index.ts", source))].filter((module) => !module.startsWith("file:"));
  expect(modules.sort()).toEqual(["@cai/contracts", "@cai/whole-file", "@huggingface/tokenizers"]);
});

test("under the condition browser the JavaScript library tokenizes, and what it would get wrong is refused", () => {
  const program = `
    import { createTokenizer, loadTokenizer } from "@cai/tokenizer";
    const model = { type: "WordLevel", unk_token: "?", vocab: { "?": 0, a: 1, "\u2163": 2 } };
    const tokenizer = createTokenizer({ tokenizerJson: { pre_tokenizer: { type: "Digits", individual_digits: true }, model } });
    const codeOf = (error) => error.code;
    const refused = await Promise.all([
      Promise.resolve().then(() => createTokenizer({ tokenizerJson: { normalizer: { type: "Nmt" }, model } })).catch(codeOf),
      loadTokenizer("folder").catch(codeOf),
    ]);
    console.log(JSON.stringify([[...tokenizer.encode("a\u2163x")], tokenizer.decode([1, 2]), ...refused]));
  `;
  const flags = ["--conditions", "@cai/source", "--conditions", "browser", "--import", "tsx", "--input-type", "module", "--eval", program];
  const printed = execFileSync(process.execPath, flags, { cwd: fileURLToPath(source), encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual([[1, 2, 0], "a \u2163", "unsupported-option", "invalid-file"]);
});
