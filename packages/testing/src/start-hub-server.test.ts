import { expect, onTestFinished, test } from "vitest";
import { tinyGpt2 } from "./golden-models.ts";
import { startHubServer } from "./start-hub-server.ts";

test("every model has the folder's files, until the server stops", async () => {
  const { endpoint, stop } = await startHubServer(tinyGpt2);
  onTestFinished(stop);
  const config = await (await fetch(`${endpoint}/ok/tiny/resolve/main/config.json`)).json();
  expect(config).toMatchObject({ model_type: "gpt2" });
});
