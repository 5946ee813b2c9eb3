// @ts-check
/**
 * Says on standard error what is being done: one line that changes on a terminal, lines elsewhere.
 *
 * @param {{ isTTY?: boolean, write(text: string): unknown }} [stream]
 */
export function openTicker(stream = process.stderr) {
  const live = stream.isTTY === true;
  return {
    /** @param {string} text */
    tell: (text) => void stream.write(live ? `\r\x1b[K${text}` : `${text}\n`),
    clear: () => void (live && stream.write("\r\x1b[K")),
  };
}
