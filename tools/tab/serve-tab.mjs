// @ts-check
import { serve } from "../browser/serve.mjs";
import { tabFiles } from "./tab-files.mjs";

/**
 * Serves an empty page with what training in it needs, and a worker's program, on loopback.
 *
 * @param {string} program
 */
export function serveTab(program) {
  const files = Object.fromEntries(Object.entries(tabFiles).map(([path, file]) => [`/${path}`, file]));
  return serve(files, { "/": "<!doctype html>", "/worker.js": program });
}
