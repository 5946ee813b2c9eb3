// @ts-check
/** Of a frame's 16 ms. */
const budget = 8;

/**
 * Spreads drawing over frames, so that scrolling and typing come in between. A drawing that waits already isn't queued again.
 *
 * @param {{ frame: (draw: () => void) => void, now?: () => number }} clock `frame`: the browser's requestAnimationFrame
 */
export function openDrawQueue({ frame, now = () => performance.now() }) {
  /** @type {Set<() => void>} */
  const waiting = new Set();
  function run() {
    const began = now();
    for (const draw of waiting) {
      waiting.delete(draw);
      draw();
      if (now() - began > budget) break;
    }
    if (waiting.size > 0) frame(run);
  }
  return {
    /** @param {() => void} draw */
    add(draw) {
      if (waiting.size === 0) frame(run);
      waiting.add(draw);
    },
    /** @param {() => void} draw */
    remove: (draw) => void waiting.delete(draw),
  };
}
