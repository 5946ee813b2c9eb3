import { createHash } from "node:crypto";

/** Anything that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * SHA-256, hexadecimal, of a value's canonical JSON (RFC 8785): without spaces, the names of every object in the order of their code units. So
 * the order in which somebody wrote them changes nothing.
 *
 * @example
 * contentHash({ rounds: 1, seed: 7 }) === contentHash({ seed: 7, rounds: 1 }); // true
 */
export function contentHash(value: Json): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/** The JSON that `contentHash` hashes. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
