import { sha256 } from "@cai/whole-file/system";

/** Length of a text in UTF-8, and SHA-256. */
export function digestText(text: string): { byteLength: number; sha256: string } {
  const bytes = new TextEncoder().encode(text);
  const hash = sha256();
  hash.update(bytes);
  return { byteLength: bytes.length, sha256: hash.digest() };
}
