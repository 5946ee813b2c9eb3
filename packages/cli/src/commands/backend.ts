import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BackendError } from "@cai/backend";
import { installNative } from "@cai/backend/native";
import { Command } from "commander";
import { terminalOf } from "../terminal.ts";

type Install = typeof installNative;
type InstalledKernels = NonNullable<NonNullable<Parameters<Install>[0]>["kernels"]>;

/**
 * `cai backend install`: native TensorFlow for this command and, where the project in the working directory has an @cai/backend of its own,
 * for that one too.
 */
export function backendCommand(install: Install = installNative, ofProject: () => Promise<Install | undefined> = projectsInstall): Command {
  const command = new Command("backend").description("the library that computes");
  command
    .command("install")
    .description("bring native TensorFlow for @tensorflow/tfjs-node (with --gpu: its CUDA build for @tensorflow/tfjs-node-gpu)")
    .option("--gpu", "the CUDA build, and NVIDIA's libraries where there is a driver (Linux on x64)")
    .option("--kernels <level>", 'kernels to compile: "best" for this processor, "all" that it has, or a level by name', "best")
    .action(async ({ gpu = false, kernels }: { gpu?: boolean; kernels: InstalledKernels }) => {
      console.log(await installAndTell(install, { gpu, kernels }));
      const other = await ofProject();
      if (other !== undefined) console.log(`in this project: ${await installAndTell(other, { gpu, kernels })}`);
    });
  return command;
}

/** Shows each step on standard error, and gives the line that says what was done. */
async function installAndTell(install: Install, options: { gpu: boolean; kernels: InstalledKernels }): Promise<string> {
  const start = performance.now();
  const terminal = terminalOf(process.stderr);
  let step = "";
  const progress = (text: string): void => {
    if (terminal.interactive) terminal.rewrite(`${text} …`);
    else if (text !== step && !/ of \d/.test(text)) terminal.write(`${text} …\n`);
    step = text;
  };
  try {
    const installed = await install({ ...options, progress });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (terminal.interactive) terminal.rewrite("");
    return `native TensorFlow ${installed.version} for ${installed.package}: ${installed.done.join(", ")} (${seconds} s)`;
  } catch (error) {
    if (terminal.interactive) terminal.write("\n");
    // Of another copy of the package, it is no instance of this one's class.
    if (!(error instanceof Error && "fix" in error)) throw error;
    throw new BackendError("install-failed", `${error.message}\n${error.fix}`, { cause: error });
  }
}

/** The installer of the @cai/backend that the working directory resolves; undefined for none, and for this command's own. */
async function projectsInstall(): Promise<Install | undefined> {
  const place = (from: string): string => realpathSync(createRequire(from).resolve("@cai/backend/native"));
  let other: string;
  try {
    other = place(join(process.cwd(), "package.json"));
  } catch {
    return undefined; // no project, or one without it
  }
  if (other === place(import.meta.url)) return undefined;
  return ((await import(pathToFileURL(other).href)) as { installNative: Install }).installNative;
}
