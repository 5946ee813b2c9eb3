import { defineConfig } from "tsup";

// Run from a package's folder. Types are built without the "@cai/source" condition, against the built packages below.
export default defineConfig({
  entry: ["src/index.ts"],
  format: "esm",
  platform: "node",
  target: "node20",
  dts: true,
  clean: true,
  sourcemap: true,
  tsconfig: "../../tsconfig.base.json",
});
