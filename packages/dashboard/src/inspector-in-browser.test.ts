import { findChromium } from "@cai/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectionFixture } from "./inspection.fixture.ts";
import type { Inspection } from "./inspection.ts";
import { openInspector } from "./open-inspector.ts";
import type { ServedPage } from "./serve-page.ts";

const executablePath = findChromium();

describe.runIf(executablePath !== undefined)("the step's page in Chromium", () => {
  let browser: Browser | undefined;
  const served: ServedPage[] = [];
  const elsewhere: string[] = [];
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all(served.map((page) => page.close()));
  });

  async function openPage({
    inspection = inspectionFixture(),
    hash = "",
    ...options
  }: {
    inspection?: Inspection;
    hash?: string;
    colorScheme?: "dark";
  } = {}): Promise<Page> {
    const { url } = await openInspector({ inspection }).then((one) => served[served.push(one) - 1]!);
    const page = await browser!.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.on("request", (request) => void (request.url().startsWith(url) || elsewhere.push(request.url())));
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    page.on("pageerror", (error) => void complaints.push(error.message));
    await page.goto(`${url}/${hash}`);
    await page.waitForSelector(".token[aria-current]");
    return page;
  }
  const heading = (page: Page) => page.locator("#token h2").textContent();
  const numbers = async (page: Page, name: string) => page.locator("#token tr", { hasText: name }).locator("td").allTextContents();
  /** Of a token's cells. */
  const colours = (page: Page, place: number): Promise<string[]> =>
    page.evaluate(
      `[...document.querySelectorAll(".token")[${place}].querySelectorAll(".cell")].map((cell) => getComputedStyle(cell).backgroundColor)`,
    );

  test("shows the tokens as texts, blanks as signs, and a labelled cell of each strip under each", async () => {
    const page = await openPage();
    expect(await page.title()).toBe("cai · step 7 of runs/first");
    expect(await page.locator(".token .text").allTextContents()).toEqual(["·a", "·time", "↵", "<b>It</b>", "·way", "∅"]);
    expect(await page.locator(".response b, .prompt b").count()).toBe(0);
    expect(await page.locator(".prompt").first().textContent()).toBe("Once·upon");
    expect(await page.locator(".token").first().locator(".cell").count()).toBe(6);
    const labels = page.locator(".response").first().locator(".labels"); // two lines: one ends with the line break
    await expect.poll(() => labels.count()).toBe(2);
    const [label, cell] = await Promise.all([
      labels.first().locator("span").nth(1).boundingBox(),
      page.locator(".token .cell").nth(1).boundingBox(),
    ]);
    expect(Math.abs(label!.y - cell!.y)).toBeLessThan(1.5);
    await page.close();
  });

  test("a token's own numbers are told, to a screen reader too, and what could have stood there", async () => {
    const page = await openPage();
    await page.locator(".token").nth(1).click();
    await expect.poll(() => heading(page)).toContain("token 2 of sample 1 · id 5");
    expect(await numbers(page, "advantage")).toEqual(["−2.000", "−4.000", "−2.000"]);
    expect(await page.locator(".token").nth(1).getAttribute("aria-label")).toBe(
      "time: probability 0.500, advantage −2.000, value +0.500, ratio 1.100, KL +0.693, reward −0.100",
    );
    expect(await page.locator("#token .drawn .number").textContent()).toBe("0.500");
    await page.locator(".token").nth(3).click(); // none of the likeliest: it stands below them
    await expect.poll(() => page.locator("#token .bars .text").allTextContents()).toEqual(["·time", "↵", "<b>It</b>"]);
    expect(await page.locator("#token .drawn .number").textContent()).toBe("0.010");
    await page.close();
  });

  test("keys lead from token to token and from sample to sample, and the address keeps the place", async () => {
    const page = await openPage();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowDown"]) await page.keyboard.press(key);
    await expect.poll(() => heading(page)).toContain("token 2 of sample 2");
    expect(await page.evaluate("document.activeElement.dataset.row")).toBe("1");
    await page.keyboard.press("Home");
    await expect.poll(() => page.url()).toMatch(/sample=2&token=1$/);
    await page.keyboard.press("?");
    await expect.poll(() => page.locator("#help").isVisible()).toBe(true);
    await page.close();
  });

  test("both makings of the step and their difference are to be seen, by keys and buttons", async () => {
    const page = await openPage();
    const before = await colours(page, 0);
    await page.keyboard.press("d");
    await expect.poll(() => colours(page, 0)).not.toEqual(before);
    const differing = await colours(page, 0);
    const same = differing[0]; // the probabilities are the same in both: no colour
    expect(differing.map((colour) => colour === same)).toEqual([true, false, true, true, true, true]);
    await page.getByText("klCoef 0.2").click();
    await expect.poll(() => colours(page, 0)).not.toEqual(differing);
    const after = await colours(page, 0);
    expect(after.map((colour, i) => colour === before[i])).toEqual([true, false, true, true, true, true]);
    expect(await page.locator("#numbers tbody").first().locator("td").allTextContents()).toEqual(["1.3", "2.6"]);
    expect(await page.locator(".layers .number").allTextContents()).toEqual(["0.500", "1.000", "1.200", "2.400", "3.000", "6.000"]);
    await page.close();
  });

  test("strips can be hidden, and the numbers read as a table", async () => {
    const page = await openPage();
    await page.keyboard.press("3");
    await expect.poll(() => page.locator(".token").first().locator(".cell").count()).toBe(5);
    expect(await page.locator("#legend input").nth(2).isChecked()).toBe(false);
    await page.locator("summary", { hasText: "as a table" }).first().click();
    const table = page.locator(".sample table").first();
    await expect.poll(() => table.locator("tbody tr").count()).toBeGreaterThan(1);
    expect(await table.locator("thead th").allTextContents()).toEqual(["token", "probability", "advantage", "ratio", "KL", "reward"]);
    expect(await table.locator("tbody tr").nth(1).locator("th, td").allTextContents()).toEqual([
      "·time",
      "0.500",
      "−2.000",
      "1.100",
      "+0.693",
      "−0.100",
    ]);
    await page.close();
  });

  test("a step that was made once has nothing to turn to, and says which strips it lacks; dark where the system is", async () => {
    const { other: _, set: __, differences: ___, ...once } = inspectionFixture();
    const rows = once.original.rows.map((row) => ({
      ...row,
      tokens: row.tokens.map(({ value, reward, return: ____, ...token }) => token),
    }));
    const inspection = { ...once, original: { ...once.original, rows } };
    const page = await openPage({ inspection, hash: "#show=difference&sample=99&token=99", colorScheme: "dark" });
    expect(await page.locator("#making").isVisible()).toBe(false);
    expect(await page.locator("#notice").textContent()).toBe("Not in this step: value, reward.");
    await expect.poll(() => heading(page)).toContain("token 2 of sample 2");
    expect(await numbers(page, "advantage")).toEqual(["+1.000"]);
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    await page.close();
  });

  test("nothing was asked of another host, and nothing complained", () => {
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
