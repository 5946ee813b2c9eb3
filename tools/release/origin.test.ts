import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { publishedPackages } from "../published.ts";
import { withOrigin } from "./origin.mjs";

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test.each(publishedPackages)("%s says what it is, in words to find it by, and who may run it", (folder) => {
  const { name, description, keywords, license, engines, files } = JSON.parse(text(`packages/${folder}/package.json`));
  expect(name).toBe(`@cai/${folder}`);
  expect(description).toMatch(/^\S.{10,}\.$/);
  expect(keywords.length).toBeGreaterThanOrEqual(3);
  expect(new Set(keywords).size).toBe(keywords.length);
  for (const keyword of keywords) expect(keyword).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
  expect([license, engines.node]).toEqual(["MIT", "^20.19.0 || >=22.12.0"]);
  expect(files).toContain("dist");
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
