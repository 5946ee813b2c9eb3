/**
 * Control characters, with what makes one a style that this program writes itself (bold, dim, green: no harm in anybody's), and those that turn the
 * direction of what follows.
 */
const steering = /\p{Cc}(?:\[(?:1|2|22|32|39)m)?|[\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text that shows what would steer a terminal: `\u001b]0;title\u0007` of a model, a prompt, an endpoint or a file's name is seen as it is
 * written here. Lines, tabs and this program's own styles stay.
 */
export const visible = (text: string): string =>
  text.replace(steering, (found) => {
    const first = found.charAt(0);
    if (first === "\n" || first === "\t" || (first === "\u001b" && found.length > 1)) return found;
    return `\\u${first.charCodeAt(0).toString(16).padStart(4, "0")}${found.slice(1)}`;
  });

/** Writes to standard output: as it is into a file or a pipe, `visible` on a terminal. */
export function print(text: string): void {
  process.stdout.write(process.stdout.isTTY ? visible(text) : text);
}

/** Writes to standard error, which somebody reads sooner or later: `visible`. */
export function printError(text: string): void {
  process.stderr.write(visible(text));
}
