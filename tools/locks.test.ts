import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Locked {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

const packagesOf = (file: string): [string, Locked][] => {
  const { packages } = JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8")) as { packages: Record<string, Locked> };
  return Object.entries(packages).filter(([path, { link }]) => path.includes("node_modules/") && link !== true);
};

/** Whether npm installs it where CI runs: Linux on x64 with glibc, and on arm64 for the kernels. */
const isForCi = ({ os, cpu, libc }: Locked): boolean =>
  (os?.includes("linux") ?? true) &&
  (cpu === undefined || cpu.includes("x64") || cpu.includes("arm64")) &&
  (libc?.includes("glibc") ?? true);

// npm checks what it fetches against these. Optional packages of other systems, which a registry may lack, are named without: see
// complete-lock.mjs.
test.each(["package-lock.json", "tools/bench/package-lock.json", "tools/browser/package-lock.json", "tools/site/package-lock.json"])(
  "%s has the SHA-512 of every package that CI installs",
  (file) => {
    const packages = packagesOf(file);
    expect(packages.length).toBeGreaterThan(0);
    const unhashed = packages.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ""));
    expect(unhashed.filter(([, locked]) => locked.optional !== true || isForCi(locked)).map(([path]) => path)).toEqual([]);
  },
);
