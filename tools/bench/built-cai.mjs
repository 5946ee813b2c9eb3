// cai from the built packages, as npm installs it: what a clone's own `cai` adds, to read its source through tsx, is in no user's process.
const { main } = await import(new URL("../../packages/cli/dist/index.js", import.meta.url).href);
await main(process.argv);
