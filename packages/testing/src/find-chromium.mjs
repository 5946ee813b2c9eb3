// @ts-check
import { existsSync } from "node:fs";

/** Chromium or Chrome as the system has it; undefined where it has none. */
export const findChromium = () => ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
