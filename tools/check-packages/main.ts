// Holds the built packages, as npm would publish them, against what their users count on: npm run check-packages, after npm run build.
// `npm run api-report` writes the pages that say what a package exports; a difference between them and the build fails here.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "../../packages/testing/src/find-chromium.mjs";
import { publishedPackages } from "../published.ts";
import { apiReport, type DeclarationFile, declarationsWithAny } from "./api-report.ts";
import { browserExamples, faultsInBrowser } from "./browser-bundles.ts";
import { faultsOfTarball } from "./published-forms.ts";
import { sizesOf } from "./sizes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folderOf = (name: string): string => join(root, "packages", name);
/** Scorers of other libraries have types of their own for what a row's columns are: nothing but any takes them all. */
const mayHaveAny = ["reward-model: ScorerInput"];
const unbuilt = publishedPackages.filter((name) => !existsSync(join(folderOf(name), "dist/index.d.ts")));
if (unbuilt.length > 0) {
  console.error(`not built: ${unbuilt.join(", ")}: npm run build, then run this again`);
  process.exit(2);
}

if (process.argv.includes("--write-api")) {
  for (const name of publishedPackages) writeFileSync(apiPage(name), apiReport(`@cai/${name}`, declarationsOf(name)));
  console.log(`${publishedPackages.length} pages written: packages/*/api.md`);
} else {
  let [passed, failed] = [0, 0];
  const tell = (name: string, faults: readonly string[]): void => {
    if (faults.length === 0) passed++;
    else failed++;
    for (const fault of faults) console.log(`FAIL  ${name}: ${fault}`);
  };
  const folder = mkdtempSync(join(tmpdir(), "cai-packages-"));
  try {
    execFileSync("npm", ["pack", "--workspaces", "--silent", "--pack-destination", folder], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    });
    for (const name of publishedPackages) {
      const { version } = JSON.parse(readFileSync(join(folderOf(name), "package.json"), "utf8"));
      tell(name, await faultsOfTarball(join(folder, `cai-${name}-${version}.tgz`)));
      tell(name, faultsOfSurface(name));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const { name, size, sizeLimit } of sizesOf(root)) {
    console.log(`      ${name}: ${size} bytes of ${sizeLimit}`);
    tell(name, size <= sizeLimit ? [] : [`${size} bytes, minified and compressed by gzip: ${sizeLimit} are allowed`]);
  }
  const browser = findChromium();
  if (browser === undefined) console.log("      in browsers: left out, for there is no Chromium");
  else for (const [name, fault] of await faultsInBrowser(browserExamples(), browser)) tell(name, fault === undefined ? [] : [fault]);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function apiPage(name: string): string {
  return join(folderOf(name), "api.md");
}

function declarationsOf(name: string): DeclarationFile[] {
  const dist = join(folderOf(name), "dist");
  const names = readdirSync(dist).filter((file) => file.endsWith(".d.ts"));
  return names.sort().map((file) => ({ name: file, text: readFileSync(join(dist, file), "utf8") }));
}

function faultsOfSurface(name: string): string[] {
  const files = declarationsOf(name);
  const kept = existsSync(apiPage(name)) ? readFileSync(apiPage(name), "utf8") : "";
  const loose = files.flatMap(declarationsWithAny).filter((one) => !mayHaveAny.includes(`${name}: ${one}`));
  const faults = loose.map((one) => `${one} has any in its types: say what it is, or unknown`);
  if (kept !== apiReport(`@cai/${name}`, files))
    faults.push(`packages/${name}/api.md isn't what the build exports: npm run api-report, and let git diff show what has changed`);
  return faults;
}
