// @ts-check
// npm run demo: sets up what is missing, then trains the embedded model.
import { join } from "node:path";
import { runToEnd } from "./setup/run-to-end.mjs";
import { setUpOrExit } from "./setup/set-up.mjs";

const { root, seconds } = await setUpOrExit();
const env = { ...process.env, CAI_SETUP_SECONDS: String(seconds) };
process.exitCode = await runToEnd([join(root, "packages/cli/bin/cai.mjs"), "demo", ...process.argv.slice(2)], { env });
