import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { publishedPackages } from "../published.ts";
import { readmeWithOrigin, withOrigin } from "./origin.mjs";

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test.each(publishedPackages)("%s says what it is, in words to find it by, who may run it, and is built as all are", (folder) => {
  const { name, description, keywords, license, engines, files, scripts } = JSON.parse(text(`packages/${folder}/package.json`));
  expect(name).toBe(`@cai/${folder}`);
  expect(description).toMatch(/^\S.{10,}\.$/);
  expect(keywords.length).toBeGreaterThanOrEqual(3);
  expect(new Set(keywords).size).toBe(keywords.length);
  for (const keyword of keywords) expect(keyword).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
  expect([license, engines.node]).toEqual(["MIT", "^20.19.0 || >=22.12.0"]);
  expect(files).toContain("dist");
  expect(scripts.build).toBe("rolldown --config ../../rolldown.config.mjs");
});

test("published, a package says where it comes from: to the folder, by an address that npm and a reader can follow", () => {
  expect(withOrigin({ name: "@cai/gae", license: "MIT" }, { folder: "gae", repository: "someone/cai" })).toEqual({
    name: "@cai/gae",
    license: "MIT",
    repository: { type: "git", url: "git+https://github.com/someone/cai.git", directory: "packages/gae" },
    homepage: "https://github.com/someone/cai/tree/main/packages/gae#readme",
    bugs: "https://github.com/someone/cai/issues",
  });
});

test("published, a README's links lead to the repository; addresses, places on the page and code stay", () => {
  const readme = `[docs](../../docs/ppo.md#what-counts), [\`gguf\`](../gguf), [loop](src/loop.ts)
[npm](https://npmjs.com), [below](#below), \`KL[p](d)\`
\`\`\`ts
f[0](src/loop.ts);
\`\`\`
`;
  const page = "https://github.com/someone/cai";
  expect(readmeWithOrigin(readme, { folder: "kl", repository: "someone/cai" })).toBe(
    readme
      .replace("(../../docs/ppo.md#what-counts)", `(${page}/blob/main/docs/ppo.md#what-counts)`)
      .replace("(../gguf)", `(${page}/tree/main/packages/gguf)`)
      .replace("(src/loop.ts)", `(${page}/blob/main/packages/kl/src/loop.ts)`),
  );
});

test("in the repository no package names one: it is wherever it is kept, and the workflows write it before they publish", () => {
  for (const folder of publishedPackages)
    expect(Object.keys(JSON.parse(text(`packages/${folder}/package.json`)))).not.toContain("repository");
  for (const workflow of ["release", "ci"]) {
    const steps = text(`.github/workflows/${workflow}.yml`);
    const [written, published] = [steps.indexOf("node tools/release/name-origin.mjs"), steps.search(/npm (publish|pack) --dry-run/)];
    expect(written, workflow).toBeGreaterThan(0);
    expect(published, workflow).toBeGreaterThan(written);
  }
});
