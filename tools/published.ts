import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../packages", import.meta.url));
const isPrivate = (name: string): boolean => JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8")).private === true;

/** The folders of the packages that are published: all but the private ones, which serve this repository alone. */
export const publishedPackages: readonly string[] = readdirSync(folder).filter((name) => !isPrivate(name));
