import { expect, test } from "vitest";
import { asModule } from "./as-module.ts";

const moduleOf = (code: string, file = "kernels/src/add.ts") => asModule({ file, place: 0, code }, { checked: false });

test("names come from the example's own file, its package, another one, Node, or what is given; declared ones from nowhere", () => {
  const module = moduleOf("const x = add(gelu(tf.ones([1])), policy); countValid(x.mask); await rm(x);");
  const imports = module.split("\n").filter((line) => line.startsWith("import") || line.startsWith("const policy"));
  expect(imports.map((line) => line.replace(/".*\/(?=packages|tools)/, '"'))).toEqual([
    'import { given } from "tools/docstring-examples/given.ts";',
    'import { add } from "packages/kernels/src/add.ts";',
    'import { gelu } from "packages/kernels/src/index.ts";',
    'import * as tf from "@tensorflow/tfjs-core";',
    "const policy = await given.policy();",
    'import { countValid } from "@cai/contracts";',
    'import { rm } from "node:fs/promises";',
  ]);
});

test("members, keys and renamed fields are no names that are used", () => {
  expect(moduleOf("const { gelu: other } = { linear: 1, gelu: 2 }; other.add;")).not.toContain("import");
});

test("a comment is a value's where there is one value, and no printing", () => {
  const code =
    "const y = add(a, b); // 3\nconst { z } = f(); // 4\nconst { v, w } = f(); // 5\nadd(a, b); // 6\nconsole.log(y); // 7\ng();";
  const checks = asModule({ file: "kernels/src/add.ts", place: 0, code }, { checked: true }).match(/await check\(.*?;/g);
  expect(checks).toEqual([
    'await check(async () => y, "3");',
    'await check(async () => z, "4");',
    'await check(async () => add(a, b), "6");',
  ]);
});
