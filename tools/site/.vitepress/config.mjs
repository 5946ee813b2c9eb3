// @ts-check
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { slug } from "../../documentation/markdown.mjs";
import { sidebar } from "../navigation.mjs";

const pages = fileURLToPath(new URL("../pages", import.meta.url));
const docs = readdirSync(fileURLToPath(new URL("../../../docs", import.meta.url)))
  .filter((name) => name.endsWith(".md") && name !== "README.md")
  .map((name) => name.slice(0, -3));

export default defineConfig({
  title: "@cai",
  description: "TypeScript packages that train causal language models in Node, without Python",
  lang: "en",
  srcDir: "pages",
  outDir: "dist",
  markdown: { anchor: { slugify: slug } }, // as on GitHub, where the same pages are read
  themeConfig: {
    nav: [
      { text: "Start", link: "/quick-start" },
      { text: "Guide", link: "/guide" },
      { text: "Algorithms", link: "/ppo", activeMatch: "^/(ppo|group-trainers|dpo|sft|reward-training|constitutional-ai|evaluation)" },
      { text: "Recipes", link: "/recipes" },
      { text: "Packages", link: "/overview#packages", activeMatch: "^/packages/" },
      { text: "Reference", link: "/options" },
    ],
    sidebar: sidebar(pages, docs),
    outline: [2, 3],
    search: { provider: "local" },
  },
});
