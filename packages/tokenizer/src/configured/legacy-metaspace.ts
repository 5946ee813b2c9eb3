import { mapParts } from "./parts.ts";

/**
 * Metaspace of files older than `prepend_scheme`, which say `add_prefix_space: false` for what is `prepend_scheme: "never"` today. The Rust
 * library refuses them, and the JavaScript one prepends all the same.
 */
export function currentMetaspace(component: unknown): unknown {
  return mapParts(component, (part) => {
    const isLegacy = part.type === "Metaspace" && part.add_prefix_space === false && part.prepend_scheme === undefined;
    return isLegacy ? { ...part, prepend_scheme: "never" } : part;
  });
}
