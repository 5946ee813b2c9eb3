import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

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

/** SHA-256 of a file's bytes, hexadecimal. */
async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
