/** Threads' programs, which the package brings beside `src/` and `dist/`: from a file of either they are there, from one further down they aren't. */
export const workerFolder = new URL("../worker/", import.meta.url);
