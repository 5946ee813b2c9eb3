import { RewardModelError } from "./error.ts";

/** Why a module couldn't be imported. */
export interface ImportRefusal {
  readonly message: string;
  readonly code?: string | undefined;
}

/** What to tell the user where a module can't be imported. */
export function importError(file: string, { message, code }: ImportRefusal): RewardModelError {
  const isTypeScript = /\.[cm]?ts$/.test(file);
  if (isTypeScript && code === "ERR_UNKNOWN_FILE_EXTENSION") {
    return new RewardModelError(
      "bad-module",
      `${file} is TypeScript, which Node ${process.versions.node} doesn't load: use Node 22.18 or newer, install tsx, or write it as .mjs`,
    );
  }
  return new RewardModelError("bad-module", `the reward module ${file} can't be loaded: ${message}`);
}
