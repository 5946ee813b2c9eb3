// Completes package-lock.json after `npm install` where the registry does not offer every optional package of other platforms: npm then
// leaves them out of the lock, and `npm ci` refuses it. They are named by what their parents ask for, and never fetched here.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));

const systems = ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32", "aix"];
const processors = ["x64", "arm64", "ia32", "ppc64", "riscv64", "s390x", "loong64", "mips64el", "arm"];

/** The entry that `from` would resolve the package to. */
function resolve(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const found = lock.packages[`${at && `${at}/`}node_modules/${name}`];
    if (found || at === "") return found;
  }
}

function platformEntry(name, version, parent) {
  const os = systems.find((system) => name.includes(system));
  const cpu = processors.find((processor) => name.includes(processor));
  if (os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+[\w.-]*$/.test(version)) return undefined;
  const libc = os === "linux" && (/musl/.test(name) ? ["musl"] : /gnu|glibc/.test(name) ? ["glibc"] : undefined);
  return { version, cpu: [cpu], ...(parent.dev && { dev: true }), ...(libc && { libc }), optional: true, os: [os] };
}

let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(path.includes("node_modules/") ? (entry.optionalDependencies ?? {}) : {})) {
    const made = resolve(path, name) === undefined && platformEntry(name, version, entry);
    if (!made) continue;
    lock.packages[`node_modules/${name}`] = made;
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} optional packages of other platforms added`);
