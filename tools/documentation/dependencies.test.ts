import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { publishedPackages } from "../published.ts";
import { root, textOf } from "./pages.ts";

const page = textOf("docs/dependencies.md");
const sections = ["dependencies", "peerDependencies", "optionalDependencies"] as const;
const manifests = publishedPackages.map((name) => ({ name, manifest: JSON.parse(textOf(`packages/${name}/package.json`)) }));

/** Of every package that is not ours: those of ours that ask for it. */
const users = new Map<string, string[]>();
for (const { name, manifest } of manifests)
  for (const dependency of new Set(sections.flatMap((section) => Object.keys(manifest[section] ?? {}))))
    if (!dependency.startsWith("@cai/")) users.set(dependency, [...(users.get(dependency) ?? []), name]);

test("the page has every runtime dependency of the packages, with the packages that ask for it", () => {
  const rows = [...page.matchAll(/^\| `([^`]+)` .*\| ([a-z, -]+?) +\|$/gm)].map(([, name, by]) => [name!, by!.split(", ").sort()]);
  const expected = [...users].map(([name, by]) => [name, [...by].sort()]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
});

test("TensorFlow.js is pinned wherever it is a dependency", () => {
  const ranges = manifests.flatMap(({ manifest }) =>
    Object.entries<string>(manifest.dependencies ?? {}).filter(([name]) => name.startsWith("@tensorflow/")),
  );
  expect(ranges.length).toBeGreaterThan(2);
  expect(ranges.filter(([, range]) => !/^\d+\.\d+\.\d+$/.test(range))).toEqual([]);
});

test("the page lists what is used of tfjs-core, so that a further function is a decision", () => {
  const [, listed = ""] = /```txt\n([\s\S]*?)```/.exec(page) ?? [];
  const files = publishedPackages.flatMap((name) => {
    const folder = join(root, "packages", name, "src");
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names.filter((file) => file.endsWith(".ts") && !/\.(test|slow|fixture)\.ts$/.test(file)).map((file) => join(folder, file));
  });
  const used = files.flatMap((file) => {
    const code = readFileSync(file, "utf8").replace(/^\s*(\*|\/\/|\/\*\*).*$/gm, "");
    return [...code.matchAll(/\btf\.([a-z]\w*)/g)].map((match) => match[1]!);
  });
  expect(listed.trim().split(/\s+/)).toEqual([...new Set(used)].sort());
});
