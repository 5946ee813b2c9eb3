import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * The command that brings native TensorFlow to the package that a file belongs to.
 *
 * @param file the file's path
 */
export function installCommand(file: string): string {
  const [root = "", inside] = file.split(/[\\/]node_modules[\\/]/);
  // npm's folder of global packages is no project: npx would serve a copy of the command of its own, and bring it to that.
  const global = inside !== undefined && !existsSync(join(root, "package.json"));
  return `${global ? "cai" : "npx @cai/cli"} backend install`;
}
