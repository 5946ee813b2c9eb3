// @ts-check
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The folder that all clones and projects of one user share.
 *
 * @param {{ env?: NodeJS.ProcessEnv, platform?: string, home?: string }} [options]
 */
export function cacheDirectory({ env = process.env, platform = process.platform, home = homedir() } = {}) {
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, "cai");
  if (platform === "darwin") return join(home, "Library", "Caches", "cai");
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "cai", "Cache");
  return join(home, ".cache", "cai");
}
