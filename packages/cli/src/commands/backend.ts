import { BackendError } from "@cai/backend";
import { installNative, NativeInstallError } from "@cai/backend/native";
import { Command } from "commander";
import { terminalOf } from "../terminal.ts";

type InstalledKernels = NonNullable<NonNullable<Parameters<typeof installNative>[0]>["kernels"]>;

/** `cai backend install`: native TensorFlow for the project in the working directory. */
export function backendCommand(install: typeof installNative = installNative): Command {
  const command = new Command("backend").description("the library that computes");
  command
    .command("install")
    .description("bring native TensorFlow to @tensorflow/tfjs-node (with --gpu: its CUDA build to @tensorflow/tfjs-node-gpu)")
    .option("--gpu", "the CUDA build, and NVIDIA's libraries where there is a driver (Linux on x64)")
    .option("--kernels <level>", 'kernels to compile: "best" for this processor, "all" that it has, or a level by name', "best")
    .action(async ({ gpu = false, kernels }: { gpu?: boolean; kernels: InstalledKernels }) => {
      const start = performance.now();
      const terminal = terminalOf(process.stderr);
      let step = "";
      const progress = (text: string): void => {
        if (terminal.interactive) terminal.write(`\r\u001b[K${text} …`);
        else if (text !== step && !/ of \d/.test(text)) terminal.write(`${text} …\n`);
        step = text;
      };
      try {
        const done = await install({ gpu, kernels, progress });
        const seconds = ((performance.now() - start) / 1000).toFixed(1);
        if (terminal.interactive) terminal.write("\r\u001b[K");
        console.log(`native TensorFlow ${done.version} for ${done.package}: ${done.done.join(", ")} (${seconds} s)`);
      } catch (error) {
        if (terminal.interactive) terminal.write("\n");
        if (!(error instanceof NativeInstallError)) throw error;
        throw new BackendError("install-failed", `${error.message}\n${error.mend}`, { cause: error });
      }
    });
  return command;
}
