// @ts-check
/**
 * What set-up shows. On a terminal one line tells what is being done, and is replaced by a line with a check mark when it is done;
 * anywhere else there are plain lines only.
 *
 * @typedef {object} Screen
 * @property {(task: string, doing: string) => void} doing
 * @property {(task: string, done: string) => void} done
 * @property {(task: string, why: string) => void} missing it goes on without
 */

/**
 * @param {{ stream?: { write(text: string): unknown }, live?: boolean, now?: () => number }} [options]
 * @returns {Screen}
 */
export function openScreen({ stream = process.stderr, live = isLive(), now = () => performance.now() } = {}) {
  /** @type {Map<string, { doing: string, start: number }>} */
  const running = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  let repaint;

  const erase = () => live && stream.write("\r\x1b[K");
  const paint = () => {
    const tasks = [...running].map(([task, { doing, start }]) => `${task}: ${doing}, ${seconds(now() - start)}`);
    const width = (process.stderr.columns ?? 100) - 1;
    if (live && tasks.length > 0) stream.write(`\r\x1b[K  ${tasks.join("   ")}`.slice(0, width + 4));
  };
  /** @param {string} task @param {string} line */
  const finish = (task, line) => {
    const start = running.get(task)?.start;
    running.delete(task);
    erase();
    stream.write(`${line}${start === undefined ? "" : ` (${seconds(now() - start)})`}\n`);
    paint();
    if (running.size === 0) {
      clearInterval(repaint);
      repaint = undefined;
    }
  };

  return {
    doing(task, doing) {
      const known = running.get(task);
      running.set(task, { doing, start: known?.start ?? now() });
      if (live) repaint ??= setInterval(paint, 200).unref();
      else if (known === undefined) stream.write(`  ${task}: ${doing} …\n`);
      paint();
    },
    done: (task, done) => finish(task, `✓ ${task}: ${done}`),
    missing: (task, why) => finish(task, `! ${task}: ${why}`),
  };
}

/** @param {number} milliseconds */
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

function isLive() {
  return Boolean(process.stdout.isTTY && process.stderr.isTTY) && process.env.TERM !== "dumb" && !process.env.CI;
}
