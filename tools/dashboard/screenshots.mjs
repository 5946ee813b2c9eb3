#!/usr/bin/env node
// Pictures of the dashboard for the README: node tools/dashboard/screenshots.mjs <folder with runs> docs
import { join } from "node:path";
import { openBrowser } from "./open-browser.mjs";
import { startDashboard } from "./start-dashboard.mjs";

const [folder, target] = process.argv.slice(2);
if (target === undefined) {
  console.error("usage: node tools/dashboard/screenshots.mjs <folder with runs> <folder for the pictures>");
  process.exit(2);
}
const dashboard = await startDashboard(folder);
const browser = await openBrowser();
for (const colorScheme of ["light", "dark"]) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 760 }, colorScheme });
  await page.goto(dashboard.url);
  await page.waitForSelector(".panel canvas");
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(target, `dashboard-${colorScheme}.png`) });
  if (colorScheme === "light") {
    await page.keyboard.press("2");
    await page.waitForSelector("#samples tbody tr");
    await page.screenshot({ path: join(target, "dashboard-samples.png") });
  }
  await page.close();
}
await browser.close();
dashboard.close();
