/** Functions of Node's `path.posix`, for browsers: the working folder is `/`. */
export const sep = "/";

export function join(...parts: readonly string[]): string {
  const joined = parts.filter((part) => part !== "").join("/");
  const names = normal(joined);
  const absolute = joined.startsWith("/");
  return `${absolute ? "/" : ""}${(absolute ? names.filter((name) => name !== "..") : names).join("/")}` || ".";
}

export function resolve(...parts: readonly string[]): string {
  let path = "";
  for (const part of parts) path = part.startsWith("/") ? part : `${path}/${part}`;
  return join("/", path);
}

export function dirname(path: string): string {
  const [, folder] = /^(.*)\/[^/]+\/*$/.exec(path) ?? [];
  return folder || (path.startsWith("/") ? "/" : ".");
}

export function basename(path: string): string {
  return /([^/]*)\/*$/.exec(path)?.[1] ?? "";
}

export function relative(from: string, to: string): string {
  const [left, right] = [from, to].map((path) => resolve(path).split("/").filter(Boolean)) as [string[], string[]];
  let shared = 0;
  while (shared < left.length && left[shared] === right[shared]) shared++;
  return [...left.slice(shared).map(() => ".."), ...right.slice(shared)].join("/");
}

/** Without `.`, and with `..` only at the beginning. */
function normal(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name === ".." && names.length > 0 && names.at(-1) !== "..") names.pop();
    else names.push(name);
  }
  return names;
}
