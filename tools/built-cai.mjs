// cai from the built packages, as npm installs it. A clone's own `cai` reads its source, through tsx, which is in no user's process.
const { main } = await import(new URL("../packages/cli/dist/index.js", import.meta.url).href);
await main(process.argv);
