import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { flagName } from "./option-flags.ts";

/**
 * Resolves options of a command. What is wrong with one that was typed as a flag is told of the flag: `--batch-size is 0; expected at least 1`.
 *
 * @param flags as commander gives them
 * @throws CliError `usage`
 */
export async function resolvingFlags<Result>(
  flags: Readonly<Record<string, unknown>>,
  resolve: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await readingInput(resolve);
  } catch (error) {
    if (!CliError.isInstance(error)) throw error;
    throw new CliError(error.code, withFlagNames(error.message, flags), { cause: error.cause });
  }
}

/** A name of one word may be any word, but not where a message begins. */
function withFlagNames(message: string, flags: Readonly<Record<string, unknown>>): string {
  const typed = Object.keys(flags).filter((name) => flags[name] !== undefined);
  return typed.reduce((text, name) => {
    const where = /[A-Z]/.test(name) ? new RegExp(`(?<![\\w-])${name}\\b`, "g") : new RegExp(`^${name}\\b`);
    return text.replace(where, `--${flagName(name)}`);
  }, message);
}
