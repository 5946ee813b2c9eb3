import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { publishedPackages } from "./published.ts";

// A package may import from the rows above its own, never from its own row or below. Tests and fixtures stand outside the rule, and so does
// @cai/testing, which is theirs.
const rows = [
  ["contracts", "whole-file"],
  ["gae", "kl", "random", "safetensors", "tokenizer", "onnx-graph", "kernels", "sampling", "demo", "hub", "data", "endpoint"],
  ["ppo-loss", "value-head", "optim", "checkpoint", "run-log", "gguf"],
  ["backend", "policy", "reward-model", "training"],
  ["rollouts", "onnx-export"],
  ["trainer", "sft", "preference", "rollout-onnx", "feedback", "evaluation"],
  ["constitution", "dashboard", "distributed"],
  ["cli"],
];
const packagesFolder = fileURLToPath(new URL("../packages", import.meta.url));
const names = publishedPackages;
const rowOf = (name: string) => rows.findIndex((row) => row.includes(name));

function dependenciesOf(name: string): string[] {
  const manifest = JSON.parse(readFileSync(join(packagesFolder, name, "package.json"), "utf8"));
  return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies });
}

const isTest = (file: string): boolean => /\.(test|slow|fixture)\.ts$|\/fixtures\//.test(file);

function testFilesOf(name: string): { name: string; path: string; code: string }[] {
  const folder = join(packagesFolder, name, "src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(isTest)
    .map((file) => join(folder, file))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ name, path, code: readFileSync(path, "utf8") }));
}

function importsOf(name: string): { file: string; module: string }[] {
  const folder = join(packagesFolder, name, "src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.ts$/.test(file) && !isTest(file));
  return files.flatMap((file) => {
    const code = readFileSync(join(folder, file), "utf8").replace(/^\s*(\*|\/\/).*$/gm, "");
    const imports = /^(?:import|export)\b[^;"]*?\bfrom "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/gm;
    return [...code.matchAll(imports)].map((match) => ({ file, module: (match[1] ?? match[2] ?? match[3])! }));
  });
}

const packageName = (module: string) => (module.startsWith("@") ? module.split("/").slice(0, 2).join("/") : module.split("/")[0]!);

test("every package stands in one row", () => {
  expect(names.filter((name) => rowOf(name) < 0)).toEqual([]);
  expect(rows.flat().filter((name) => !names.includes(name))).toEqual([]);
});

test.each(names)("%s depends on packages of higher rows only", (name) => {
  const own = dependenciesOf(name).filter((dependency) => dependency.startsWith("@cai/"));
  expect(own.filter((dependency) => rowOf(dependency.slice(5)) >= rowOf(name))).toEqual([]);
});

test.each(names)("%s imports what its package.json names, and nothing else", (name) => {
  const known = new Set(dependenciesOf(name));
  const undeclared = importsOf(name).filter(({ module }) => !/^(\.|#|node:)/.test(module) && !known.has(packageName(module)));
  expect(undeclared).toEqual([]);
  const imported = new Set(importsOf(name).map(({ module }) => packageName(module)));
  expect([...known].filter((dependency) => dependency.startsWith("@cai/") && !imported.has(dependency))).toEqual([]);
});

test("only files right in src/ name files beside it: dist/index.js, which all of src/ becomes, lies where they do", () => {
  const found = names.flatMap((name) => {
    const folder = join(packagesFolder, name, "src");
    const deeper = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /[\\/].*\.ts$/.test(file) && !isTest(file));
    const leads = (file: string) => /\bURL\(["'`]\.[^)]*import\.meta\.url/.test(readFileSync(join(folder, file), "utf8"));
    return deeper.filter(leads).map((file) => `${name}/src/${file}`);
  });
  expect(found).toEqual([]);
});

test("only the backend package names a tfjs backend", () => {
  const backends = /^@tensorflow\/tfjs(-node|-node-gpu|-backend-.*)?$/;
  const found = names
    .filter((name) => name !== "backend")
    .flatMap((name) => importsOf(name).filter(({ module }) => backends.test(packageName(module))));
  expect(found).toEqual([]);
});

test("a package's tests reach beyond its folder by packages' names only: what they share is in @cai/testing", () => {
  const found = readdirSync(packagesFolder)
    .flatMap(testFilesOf)
    .flatMap(({ name, path, code }) => {
      const folder = join(packagesFolder, name);
      const paths = [...code.matchAll(/\b(?:from |import |import\(|URL\(|mock\()["'`](\.\.[^"'`]*)/g)].map((match) => match[1]!);
      const leaves = (one: string) => relative(folder, join(dirname(path), one)).startsWith("..");
      return name === "testing" ? [] : paths.filter(leaves).map((one) => `${relative(packagesFolder, path)}: ${one}`);
    });
  expect(found).toEqual([]);
});

test("only tests import @cai/testing", () => {
  expect(names.filter((name) => dependenciesOf(name).includes("@cai/testing"))).toEqual([]);
});
