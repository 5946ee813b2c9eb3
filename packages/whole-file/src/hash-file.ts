import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/**
 * SHA-256 of a file's bytes, hexadecimal, read in pieces.
 *
 * @throws the system's error where it can't be read
 * @example
 * import { writeFile } from "node:fs/promises";
 *
 * await writeFile("abc.txt", "abc");
 * console.log(await hashFile("abc.txt")); // ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
 */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
