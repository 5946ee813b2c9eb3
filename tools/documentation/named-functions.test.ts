import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { docsPages, textOf } from "./pages.ts";

/** Links of a page whose text is a name in code, and which lead to a file of code: what the file is to declare. */
function namedIn(page: string): { name: string; file: string }[] {
  const linked = /\[`(\w+)`\]\(([^)#]+\.m?[jt]s)\)/g;
  return [...textOf(page).matchAll(linked)].map(([, name, path]) => ({ name: name!, file: join(dirname(page), path!) }));
}

function declares(code: string, name: string): boolean {
  return new RegExp(`\\b(function\\*?|class|const|interface|type|async|protected|static|get) ${name}\\b`).test(code);
}

const pages = docsPages.filter((page) => namedIn(page).length > 0);

test.each(pages)("the functions and classes that %s links to are in the files that it names", (page) => {
  expect(namedIn(page).filter(({ name, file }) => !declares(textOf(file), name))).toEqual([]);
});

test("the guide names a function beside each formula", () => {
  expect(namedIn("docs/guide.md").length).toBeGreaterThan(20);
});

test("a name that moved to another file is found", () => {
  expect(declares(textOf("packages/gae/src/gae.ts"), "computeGae")).toBe(true);
  expect(declares(textOf("packages/gae/src/whiten.ts"), "computeGae")).toBe(false);
});
