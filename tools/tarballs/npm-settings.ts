import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** An `.npmrc` by which npm takes our packages from `registry` and everything else from where this machine takes it. */
export async function npmSettings(registry: string): Promise<string> {
  const usersOwn = await readFile(process.env.npm_config_userconfig ?? join(homedir(), ".npmrc"), "utf8").catch(() => "");
  const settings = ["prefer-offline=true", "audit=false", "fund=false", "update-notifier=false", `@cai:registry=${registry}`];
  return [usersOwn, ...settings, ""].join("\n");
}
