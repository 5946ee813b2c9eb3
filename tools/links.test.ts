import { existsSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { anchors, links } from "./documentation/markdown.mjs";
import { documents, root, textOf } from "./documentation/pages.ts";

const isElsewhere = (target: string): boolean => /^[a-z][a-z0-9+.-]*:|^\/\//i.test(target);

/** What is wrong with a link of a page, if anything is. */
function fault(page: string, target: string): string | undefined {
  const [path = "", anchor] = decodeURIComponent(target).split("#");
  const file = path === "" ? join(root, page) : join(root, dirname(page), path);
  if (relative(root, file).startsWith("..")) return "leads out of the repository";
  if (!existsSync(file)) return "leads to nothing";
  if (anchor === undefined) return undefined;
  const held = statSync(file).isDirectory() ? join(file, "README.md") : file;
  return held.endsWith(".md") && anchors(textOf(relative(root, held))).has(anchor) ? undefined : "names a heading that is not there";
}

test.each(documents)("every link of %s leads to a file, and to a heading of it", (page) => {
  const faults = links(textOf(page))
    .filter(({ target }) => !isElsewhere(target))
    .map(({ target, line }) => [`${page}:${line}`, target, fault(page, target)])
    .filter(([, , wrong]) => wrong !== undefined);
  expect(faults).toEqual([]);
});

test("a link that leads nowhere is found", () => {
  expect(fault("docs/ppo.md", "nothing.md")).toBe("leads to nothing");
  expect(fault("docs/ppo.md", "dpo.md#no-such-heading")).toBe("names a heading that is not there");
  expect(fault("docs/ppo.md", "../../elsewhere.md")).toBe("leads out of the repository");
  expect(fault("docs/ppo.md", "#a-step")).toBeUndefined();
});
