import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

/** Chromium as the system has it; ends the program where it has none. */
export async function openBrowser() {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (executablePath !== undefined) return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  console.error("no browser: install Chromium (Debian: apt-get install chromium), then run this again");
  process.exit(2);
}
