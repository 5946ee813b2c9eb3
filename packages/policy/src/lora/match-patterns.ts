import { inLimitedTime } from "#platform";
import { PolicyError } from "../error.ts";
import { translatePattern } from "./python-pattern.ts";

/** Hundreds of names take a millisecond; what takes so long would never end. */
const mostMilliseconds = 2000;

/** What a pattern found in a text: its group named `idx`, or empty text where it has none. */
export interface PatternMatch {
  readonly idx: string;
}

/**
 * For each pattern and each text whether the pattern, a regular expression of Python's, matches the text from its start on (`re.match`).
 *
 * A pattern comes from a stranger, and can take longer than anybody lives: all of them together get two seconds. Throws PolicyError
 * `bad-option` then, and for what is no regular expression here; `where` begins the message.
 */
export function matchPatterns(
  patterns: readonly string[],
  texts: readonly string[],
  where: string,
): readonly (readonly (PatternMatch | undefined)[])[] {
  if (patterns.length === 0) return [];
  const translated = patterns.map((pattern) => {
    try {
      const { source, flags } = translatePattern(pattern);
      return new RegExp(`^(?:${source})`, flags);
    } catch (cause) {
      throw new PolicyError(
        "bad-option",
        `${where}: ${JSON.stringify(pattern)} is no regular expression here (${(cause as Error).message}): give a list of names instead`,
        { cause },
      );
    }
  });
  const match = (): (PatternMatch | undefined)[][] =>
    translated.map((pattern) =>
      texts.map((text) => {
        const found = pattern.exec(text);
        return found === null ? undefined : { idx: found.groups?.idx ?? "" };
      }),
    );
  try {
    return inLimitedTime(match, mostMilliseconds);
  } catch (cause) {
    const shown = patterns.map((pattern) => JSON.stringify(pattern)).join(", ");
    const short = shown.length > 200 ? `${shown.slice(0, 200)} …` : shown;
    throw new PolicyError(
      "bad-option",
      `${where}: ${short}: matching the model's layers fails or takes more than ${mostMilliseconds / 1000} seconds (${(cause as Error).message}): give a list of names instead`,
      { cause },
    );
  }
}

/** Whether the whole of each text matches (`re.fullmatch`). */
export function matchWhole(pattern: string, texts: readonly string[], where: string): readonly boolean[] {
  const { length } = /^(?:\(\?[aimsu]+\))?/.exec(pattern)![0];
  const [matches] = matchPatterns([`${pattern.slice(0, length)}(?:${pattern.slice(length)})\\Z`], texts, where);
  return matches!.map((match) => match !== undefined);
}
