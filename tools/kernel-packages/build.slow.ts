import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { bindingKey } from "../../packages/backend/src/native/binding.mjs";
import { cacheDirectory } from "../../packages/backend/src/native/cache.mjs";
import { installBinding } from "../../packages/backend/src/native/install-binding.mjs";
import { installKernels } from "../../packages/backend/src/native/install-kernels.mjs";
import { kernelKey } from "../../packages/backend/src/native/kernels.mjs";
import { levelsOf, processorLevels } from "../../packages/backend/src/native/levels.mjs";
import { libraryDirectory } from "../../packages/backend/src/native/library.mjs";
import { linkLibrary } from "../../packages/backend/src/native/link.mjs";
import { prebuiltPackage } from "../../packages/backend/src/native/prebuilt.mjs";
import { chooseRoute } from "../../packages/backend/src/native/route.mjs";
import { run } from "../../packages/backend/src/native/run.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const route = chooseRoute({ gpu: false });
const [best] = processorLevels();

/** A tfjs-node of its own, beside the packages that the real one finds. */
async function copyOfTfjsNode(): Promise<string> {
  const from = dirname(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-node/package.json", { paths: [root] })));
  const to = join(await temporaryFolder(), "node_modules");
  await mkdir(join(to, "@tensorflow"), { recursive: true });
  for (const name of await readdir(dirname(from))) if (name !== "@tensorflow") await symlink(join(dirname(from), name), join(to, name));
  for (const name of await readdir(from)) if (name !== "tfjs-node") await symlink(join(from, name), join(to, "@tensorflow", name));
  const copy = join(to, "@tensorflow", "tfjs-node");
  const isOurs = (path: string) => /tfjs-node\/(deps|lib\/napi-v\d+)(\/|$)/.test(path);
  await cp(join(from, "tfjs-node"), copy, { recursive: true, filter: (path) => !isOurs(path) });
  return copy;
}

// It compiles the best level of this processor.
test.runIf(route.by === "wheel" && best !== undefined)(
  "a package that was built here installs without a compiler and with an empty cache, and computes",
  async () => {
    if (route.by !== "wheel") return;
    const out = join(await temporaryFolder(), "package");
    const built = await run(process.execPath, [join(root, "tools/kernel-packages/build.mjs"), "--out", out, "--levels", best!]);
    expect(built.ok, built.stderr).toBe(true);
    const { files } = JSON.parse(await readFile(join(out, "manifest.json"), "utf8"));
    const others = ["LICENSE", "LICENSE-tfjs-node", "README.md", "manifest.json", "package.json"];
    expect(await readdir(out)).toEqual([...Object.keys(files), ...others].sort());

    const packageDirectory = await copyOfTfjsNode();
    const library = { name: route.wheel.name, directory: libraryDirectory(route.wheel, cacheDirectory()) };
    await linkLibrary({ packageDirectory, library: library.directory });
    const { version } = JSON.parse(await readFile(join(packageDirectory, "package.json"), "utf8"));
    const cache = await temporaryFolder();
    const common = {
      packageDirectory,
      library,
      cache,
      progress: () => {},
      execute: async () => ({ ok: false, missing: true, stdout: "", stderr: "no compiler is here" }),
      prebuilt: { env: {}, findManifest: () => join(out, "manifest.json") },
    };
    const binding = installBinding({ ...common, version, key: await bindingKey({ packageDirectory, version, library: library.name }) });
    expect((await binding).from).toBe("package");
    const levels = levelsOf().filter(({ name }) => name === best);
    const kernels = await installKernels({ levels, all: true, binding }, { ...common, key: await kernelKey(levelsOf()) });
    expect(kernels).toEqual({ levels: { [best!]: { bytes: expect.any(Number), package: prebuiltPackage() } }, from: ["package"] });
    expect((await readdir(cache)).filter((name) => name.endsWith(".node"))).toEqual([]);
  },
);
