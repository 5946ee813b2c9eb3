/** What `engines` asks for in words: the first versions whose `require()` loads ES modules. */
export const supportedNode = "Node 20.19, 22.12 or newer";

/** Whether the packages are for this version of Node. */
export function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major === 20 ? minor >= 19 : major === 22 ? minor >= 12 : major > 22;
}
