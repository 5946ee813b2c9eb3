import { createRequire } from "node:module";

/** Of this package, and so of all of @cai that it works with: they are released together. */
export const packageVersion = (): string => (createRequire(import.meta.url)("../package.json") as { version: string }).version;
