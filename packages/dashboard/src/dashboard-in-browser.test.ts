import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findChromium } from "@cai/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { metricsLine } from "./metrics-line.fixture.ts";
import { openDashboard } from "./open-dashboard.ts";
import { runsFolder } from "./run.fixture.ts";
import type { ServedPage } from "./serve-page.ts";

const executablePath = findChromium();

describe.runIf(executablePath !== undefined)("the page in Chromium", () => {
  let [folder, dashboard, browser]: [string, ServedPage | undefined, Browser | undefined] = ["", undefined, undefined];
  const elsewhere: string[] = [];
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = await runsFolder({ first: 60, second: 30 });
    dashboard = await openDashboard({ folders: [folder] });
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(async () => {
    await browser?.close();
    await dashboard?.close();
  });

  async function openPage(hash = "", options = {}): Promise<Page> {
    const page = await browser!.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.on("request", (request) => void (request.url().startsWith(dashboard!.url) || elsewhere.push(request.url())));
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    page.on("pageerror", (error) => void complaints.push(error.message));
    await page.goto(`${dashboard!.url}/${hash}`);
    await page.waitForSelector(".panel canvas");
    return page;
  }
  const readout = (page: Page, metric: string) => page.locator(`[data-metric="${metric}"] .readout`);

  test("shows all runs, a panel for each number, and the last value of each run", async () => {
    const page = await openPage();
    expect(await page.locator("#runs li span").allTextContents()).toEqual(["first", "second"]);
    expect(await page.locator("#runs li small").allTextContents()).toEqual([
      expect.stringMatching(/^ppo · 60\/1000 · stopped · reward /),
      expect.stringMatching(/^ppo · 30\/1000 · stopped · reward /),
    ]);
    expect(await page.locator("h2").allTextContents()).toEqual(
      expect.arrayContaining(["What is learned", "How it is learned", "Responses", "Time"]),
    );
    await page.fill("#smoothing", "0");
    expect(await readout(page, "objective/kl_per_token").textContent()).toBe("0.60.3");
    await page.close();
  });

  test("follows a run that goes on, and one that was cut and goes on from there", async () => {
    const page = await openPage("#smoothing=0");
    const kl = readout(page, "objective/kl_per_token").locator("span").first();
    await expect.poll(() => kl.textContent()).toBe("0.6");
    await appendFile(join(folder, "first/metrics.jsonl"), metricsLine(61, { "objective/kl_per_token": 0.75, brand_new: 1 }));
    await expect.poll(() => kl.textContent(), { timeout: 10_000 }).toBe("0.75");
    expect(await page.locator('[data-metric="brand_new"]').count()).toBe(1);
    await writeFile(join(folder, "first/metrics.jsonl"), [1, 2].map((step) => metricsLine(step)).join(""));
    await expect.poll(() => kl.textContent(), { timeout: 10_000 }).toBe("0.02");
    await writeFile(join(folder, "first/metrics.jsonl"), Array.from({ length: 60 }, (_, i) => metricsLine(i + 1)).join(""));
    await page.close();
  });

  test("keys and boxes choose what is shown, and the address keeps it", async () => {
    const page = await openPage();
    for (const key of ["l", "x", "+", "t"]) await page.keyboard.press(key);
    expect(page.url()).toMatch(/log=/);
    expect(page.url()).toMatch(/axis=seconds/);
    expect(page.url()).toMatch(/smoothing=0\.7/);
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    await page.locator('#runs input[data-run="second"]').uncheck();
    await expect.poll(() => readout(page, "grad_norm").locator("span").count()).toBe(1);
    const again = await openPage(new URL(page.url()).hash);
    expect(await again.locator('#runs input[data-run="second"]').isChecked()).toBe(false);
    expect(await again.locator("#log").isChecked()).toBe(true);
    await page.close();
    await again.close();
  });

  test("a part of a chart is zoomed into, in all charts, and 0 shows the whole run again", async () => {
    const page = await openPage();
    const box = (await page.locator('[data-metric="grad_norm"] .u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.25, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 50, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => page.locator("#zoom-out").isVisible()).toBe(true);
    await page.keyboard.press("0");
    await expect.poll(() => page.locator("#zoom-out").isVisible()).toBe(false);
    await page.close();
  });

  test("samples are texts, whatever they say; filtered and sorted", async () => {
    const page = await openPage();
    await page.keyboard.press("2");
    const rows = page.locator("#samples tbody tr");
    await expect.poll(() => rows.count()).toBe(2);
    expect(await page.locator("#samples b, #samples td script").count()).toBe(0);
    expect(await page.locator("#inspect code").textContent()).toBe(`cai inspect ${join(folder, "first")} --step 60 --page`);
    await page.locator('[data-sort="score"]').click();
    expect(await rows.first().locator("td").allTextContents()).toEqual(["60", "1.5", "Once", " upon a time in first"]);
    await page.keyboard.press("/");
    await page.keyboard.type("DARK");
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.first().locator("td").nth(3).textContent()).toBe("\n a dark <script>night</script>");
    await page.close();
  });

  test("held-out samples are a choice beside those of training, with what their scores are made of", async () => {
    const page = await openPage();
    await page.keyboard.press("2");
    await page.locator("#sample-kind").selectOption("evaluation-samples");
    const rows = page.locator("#samples tbody tr");
    await expect.poll(() => rows.first().locator("td").allTextContents()).toEqual(["0", "2warm 1.5, short 0.5", "They", " left"]);
    expect(await page.locator("#inspect").isVisible()).toBe(false);
    await page.close();
  });

  test("dark where the system is", async () => {
    const page = await openPage("", { colorScheme: "dark" });
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    await page.close();
  });

  test("nothing was asked of another host, and nothing complained", () => {
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
