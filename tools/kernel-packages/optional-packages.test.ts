import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withKernelPackages } from "./optional-packages.mjs";

const packageJson = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));

test("published, @cai/backend asks for the compiled files of its own version, and for what it asked before", () => {
  expect(withKernelPackages({ name: "@cai/backend", version: "1.2.3", optionalDependencies: { other: "^1.0.0" } })).toEqual({
    name: "@cai/backend",
    version: "1.2.3",
    optionalDependencies: { other: "^1.0.0", "@cai/kernels-linux-x64": "1.2.3", "@cai/kernels-linux-arm64": "1.2.3" },
  });
});

test("in the repository it doesn't: npm ci would ask a registry that has no such packages yet", () => {
  const added = withKernelPackages(packageJson("packages/backend/package.json")).optionalDependencies;
  const locked = Object.keys(packageJson("package-lock.json").packages);
  for (const name of Object.keys(added)) expect(locked).not.toContain(`node_modules/${name}`);
  expect(packageJson("packages/backend/package.json")).not.toHaveProperty("optionalDependencies");
});
