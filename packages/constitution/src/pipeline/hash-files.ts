import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "@cai/whole-file";

/**
 * SHA-256 of files by their paths below a folder, in order; of a folder among them, of all files in it.
 *
 * @throws the system's error where one is not there.
 */
export async function hashFiles(directory: string, paths: readonly string[]): Promise<Record<string, string>> {
  const files = (await Promise.all(paths.map((path) => filesOf(directory, path)))).flat().sort();
  const hashes: Record<string, string> = {};
  for (const file of files) hashes[file] = await hashFile(join(directory, file));
  return hashes;
}

async function filesOf(directory: string, path: string): Promise<string[]> {
  if (!(await stat(join(directory, path))).isDirectory()) return [path];
  const names = await readdir(join(directory, path));
  return (await Promise.all(names.map((name) => filesOf(directory, `${path}/${name}`)))).flat();
}
