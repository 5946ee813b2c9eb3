import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readAllowed } from "./findings.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("what is allowed is in the lock", () => {
  const allowed = readAllowed(readFileSync(new URL("allowed.json", import.meta.url), "utf8"));
  const paths = Object.keys(JSON.parse(readFileSync(`${root}/package-lock.json`, "utf8")).packages);
  for (const { package: name } of allowed)
    expect(
      paths.some((path) => path.endsWith(`node_modules/${name}`)),
      name,
    ).toBe(true);
});

test("loading tfjs-node loads neither tar nor what it downloads by", { timeout: 60_000 }, () => {
  const script = `
    try { require("@tensorflow/tfjs-node"); } catch {} // where TensorFlow is not installed it has loaded its packages by then
    const names = Object.keys(require.cache).flatMap((file) => /node_modules\\/([^@][^/]+)\\/(?!.*node_modules)/.exec(file.replaceAll("\\\\", "/"))?.[1] ?? []);
    console.log(JSON.stringify([...new Set(names)]));`;
  const output = execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const names: string[] = JSON.parse(output.trim().split("\n").at(-1)!);
  expect(names).toContain("detect-libc"); // by node-pre-gyp: it did begin to load
  for (const name of ["tar", "adm-zip", "rimraf", "https-proxy-agent", "node-fetch"]) expect(names).not.toContain(name);
});
