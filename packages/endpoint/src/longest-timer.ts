/** In milliseconds: Node's timers overflow beyond, and fire at once. */
export const longestTimer = 2 ** 31 - 1;
