// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRows } from "../package-rows.mjs";

/** The groups of the sidebar, and the pages of `docs/` in each, by their names without `.md`. */
const groups = [
  {
    text: "Start",
    pages: {
      index: "Documentation",
      "quick-start": "Quick start",
      "train-in-your-browser": "Train in your browser",
      guide: "The guide",
      troubleshooting: "Troubleshooting",
    },
  },
  {
    text: "Algorithms",
    pages: {
      ppo: "PPO",
      "group-trainers": "GRPO, RLOO, REINFORCE++",
      dpo: "DPO",
      sft: "Supervised fine-tuning",
      "reward-training": "Reward models",
      "constitutional-ai": "Constitutional AI",
      evaluation: "Evaluation and audit",
    },
  },
  {
    text: "Recipes",
    pages: {
      recipes: "Recipes",
      distributed: "Past one machine",
      scaling: "How far workers scale",
      serving: "Talking to what was trained",
    },
  },
  {
    text: "Reference",
    pages: {
      options: "Options",
      backends: "What computes",
      data: "Files of data",
      reliability: "Reliability",
      verification: "Verification",
      measured: "What was measured",
      performance: "Performance",
      dependencies: "Dependencies",
      architecture: "Architecture",
    },
  },
];

/**
 * The sidebar: the groups above, with pages that stand in none of them in the last, and the packages row by row.
 *
 * @param {string} pages the folder that the pages of the site are in
 * @param {readonly string[]} names of the pages of `docs/`, as above
 */
export function sidebar(pages, names) {
  const placed = new Set(groups.flatMap((group) => Object.keys(group.pages)));
  const others = names.filter((name) => !placed.has(name)).map((name) => ({ text: titleOf(join(pages, `${name}.md`)), link: `/${name}` }));
  const lists = groups.map(({ text, pages: own }, index) => ({
    text,
    items: [
      ...Object.entries(own).map(([name, title]) => ({ text: title, link: name === "index" ? "/" : `/${name}` })),
      ...(text === "Recipes" ? [{ text: "Examples", link: "/examples/" }] : []),
      ...(index === groups.length - 1 ? [...others, { text: "Working on a package", link: "/contributing" }] : []),
    ],
  }));
  const packages = packageRows.flatMap((row) => row.map((name) => ({ text: name, link: `/packages/${name}` })));
  const overview = { text: "All packages", link: "/overview#packages" };
  return [...lists, { text: "Packages", collapsed: true, items: [overview, ...packages] }];
}

/** A page's first heading. @param {string} file */
function titleOf(file) {
  return /^# (.+)$/m.exec(readFileSync(file, "utf8"))?.[1] ?? file;
}
