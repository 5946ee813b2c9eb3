import { expect, test } from "vitest";
import { anchors, codeBlocks, inlineCode, links, slug } from "./markdown.mjs";

const page = [
  "# First steps",
  "A [link](a.md#part), a ![picture](b.svg), `[no](link.md)`.",
  "```ts",
  'const x = "[no](code.md)";',
  "# no heading",
  "```",
  '<img src="c.png"> [over',
  "two lines](d.md)",
  "## First steps",
].join("\n");

test("links are those outside of code, with their lines", () => {
  expect(links(page)).toEqual([
    { target: "a.md#part", line: 2 },
    { target: "b.svg", line: 2 },
    { target: "c.png", line: 7 },
    { target: "d.md", line: 8 },
  ]);
});

test("code within text is that between backticks, on one line", () => {
  expect(inlineCode("Run `npm\nrun x`, or ``a ` b``.\n```sh\nnot `this`\n```\n")).toEqual(["npm run x", "a ` b"]);
});

test("blocks of code have their language and the line of their fence", () => {
  expect(codeBlocks(page)).toEqual([{ language: "ts", code: 'const x = "[no](code.md)";\n# no heading\n', line: 3 }]);
});

test("a heading that comes twice has two anchors, and code has none", () => {
  expect([...anchors(page)]).toEqual(["first-steps", "first-steps-1"]);
});

test("anchors are GitHub's: small letters, without punctuation and marks, a hyphen for each space", () => {
  expect(slug("What `cai revise`, `prefer` do — β, and more")).toBe("what-cai-revise-prefer-do--β-and-more");
  expect(slug("[Linked](x.md) snake_case")).toBe("linked-snake_case");
});
