import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * The command that brings native TensorFlow to the package that a file belongs to.
 *
 * @param file the file's path
 */
export function installCommand(file: string): string {
  // npx would serve a copy of the command of its own, and bring it to that.
  return `${isGlobal(file) ? "cai" : "npx @cai/cli"} backend install`;
}

/**
 * The command that brings WebGPU's packages to where the package that a file belongs to finds them. A command that npx serves from its cache finds
 * no others: it is installed with them, and npx takes it from there.
 *
 * @param file the file's path
 */
export function webGpuCommand(file: string): string {
  const command = /[\\/]_npx[\\/]/.test(file) ? "@cai/cli " : "";
  return `npm install ${isGlobal(file) ? "-g " : ""}${command}webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0`;
}

/** Whether a file is in npm's folder of global packages, which is no project. */
function isGlobal(file: string): boolean {
  const [root = "", inside] = file.split(/[\\/]node_modules[\\/]/);
  return inside !== undefined && !existsSync(join(root, "package.json"));
}
