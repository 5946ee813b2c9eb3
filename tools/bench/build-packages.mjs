// @ts-check
import { npmReason, runNpm } from "../../packages/backend/src/native/npm.mjs";
import { root } from "./programs.mjs";

/** Builds the packages, as far as they have changed since: whole steps are measured of what npm installs. @throws Error where one doesn't build */
export async function buildPackages() {
  const result = await runNpm(["run", "build", "--loglevel=error", "--", "--projects", "cli,rollout-onnx"], { cwd: root });
  if (!result.ok) throw new Error(`the packages don't build: npm run build (${npmReason(result.stderr)})`);
}
