import { createHash } from "node:crypto";
import type { Json } from "@cai/training";

/** SHA-256, hexadecimal, of plain JSON whatever the order in which its keys were written. */
export function sha256OfJson(value: Json): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${entries
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`)
    .join(",")}}`;
}
