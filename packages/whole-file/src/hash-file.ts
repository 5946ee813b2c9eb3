import { open, sha256 } from "#system";

const bytesAtATime = 2 ** 20;

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
  return (await digestFile(path)).sha256;
}

/**
 * The same, and the file's length in bytes.
 *
 * @throws the system's error where it can't be read
 * @example
 * import { writeFile } from "node:fs/promises";
 *
 * await writeFile("abc.txt", "abc");
 * console.log((await digestFile("abc.txt")).byteLength); // 3
 */
export async function digestFile(path: string): Promise<{ sha256: string; byteLength: number }> {
  const handle = await open(path);
  try {
    const hash = sha256();
    const bytes = new Uint8Array(bytesAtATime);
    let byteLength = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, byteLength);
      if (bytesRead === 0) return { sha256: hash.digest(), byteLength };
      hash.update(bytes.subarray(0, bytesRead));
      byteLength += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
