export { expectClose } from "./expect-close.ts";
export { findChromium } from "./find-chromium.mjs";
export { goldenAdapter, goldenAdapters, goldenClassifier, goldenPath, readGolden, repositoryPath } from "./golden.ts";
export { expected, familyModels, goldenModels, tinyGpt2, tinyLlama } from "./golden-models.ts";
export { startHubServer } from "./start-hub-server.ts";
export { type RedisServer, startRedis, whyNoRedis, whyNoTls } from "./start-redis.ts";
export { temporaryFolder } from "./temporary-folder.ts";
export { leftPadded, rightPadded, rowsOf } from "./token-batches.ts";
