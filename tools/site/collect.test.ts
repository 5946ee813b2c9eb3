import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { collect } from "./collect.mjs";

/** A repository of these files. */
async function repository(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const textOf = (files: ReturnType<typeof collect>, place: string): string => {
  const file = files.get(place);
  return file !== undefined && "text" in file ? file.text : "";
};

test("pages of docs stand at the top and READMEs below packages, and their links lead to each other", async () => {
  const root = await repository({
    "docs/README.md": "[guide](guide.md#part) [gae](../packages/gae)",
    "docs/guide.md": "# Guide",
    "packages/gae/README.md": "[docs](../../docs/README.md)",
  });
  const files = collect(root, ["docs/README.md"]);
  expect([...files.keys()].sort()).toEqual(["guide.md", "index.md", "packages/gae.md"]);
  expect(textOf(files, "index.md")).toBe("[guide](./guide.md#part) [gae](./packages/gae.md)");
  expect(textOf(files, "packages/gae.md")).toBe("[docs](../index.md)");
});

test("what leads to code leads to a page that shows it, whatever backticks it has", async () => {
  const root = await repository({ "docs/a.md": "[`f`](../packages/x/src/f.ts)", "packages/x/src/f.ts": "const ticks = `\n```\n`;\n" });
  const files = collect(root, ["docs/a.md"]);
  expect(textOf(files, "a.md")).toBe("[`f`](./source/packages/x/src/f.ts.md)");
  expect(textOf(files, "source/packages/x/src/f.ts.md")).toContain("````ts\nconst ticks = `\n```\n`;\n````");
});

test("a folder is a list of its code, without tests; a picture comes along; what is elsewhere stays as it is", async () => {
  const root = await repository({
    "docs/a.md": '[all](examples) ![curve](curve.svg) <img src="curve.svg"> [web](https://example.org) [up](#part)',
    "docs/curve.svg": "<svg/>",
    "docs/examples/one.ts": "1;",
    "docs/examples/one.test.ts": "2;",
  });
  const files = collect(root, ["docs/a.md"]);
  expect([...files.keys()].sort()).toEqual([
    "a.md",
    "pictures/docs/curve.svg",
    "source/docs/examples/index.md",
    "source/docs/examples/one.ts.md",
  ]);
  expect(textOf(files, "a.md")).toBe(
    '[all](./source/docs/examples/index.md) ![curve](./pictures/docs/curve.svg) <img src="./pictures/docs/curve.svg"> [web](https://example.org) [up](#part)',
  );
});

test("a link to nothing is an error that names the page", async () => {
  const root = await repository({ "docs/a.md": "[gone](gone.md)" });
  expect(() => collect(root, ["docs/a.md"])).toThrow("docs/a.md leads to gone.md, which is not there");
});
