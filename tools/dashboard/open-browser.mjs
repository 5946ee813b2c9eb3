import { chromium } from "playwright-core";
import { findChromium } from "../../packages/testing/src/find-chromium.mjs";

/** Chromium as the system has it; ends the program where it has none. */
export async function openBrowser() {
  const executablePath = findChromium();
  if (executablePath !== undefined) return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  console.error("no browser: install Chromium (Debian: apt-get install chromium), then run this again");
  process.exit(2);
}
