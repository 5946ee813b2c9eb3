import { demoPolicyDirectory, demoRewardDirectory } from "@cai/demo";
import { RewardModelError } from "@cai/reward-model";
import { fetchFolder, mountFolder } from "@cai/whole-file/browser";
import { expect, onTestFinished, test, vi } from "vitest";
import { findModel } from "../../packages/reward-model/src/model-files.ts";
import { serve } from "../browser/serve.mjs";

// Files as a browser has them.
vi.mock("@cai/whole-file/system", () => import("../../packages/whole-file/src/system-browser.ts"));

test("a reward model is found in a folder of a server's folder, which names none of its files", async () => {
  const server = await serve({ "/models/reward/": `${demoRewardDirectory}/`, "/models/policy/": `${demoPolicyDirectory}/` });
  onTestFinished(() => server.close());
  onTestFinished(mountFolder("/models", fetchFolder(`${server.url}/models`)));
  expect(await findModel("/models/reward")).toMatchObject({ isFolder: true, modelPath: "/models/reward/model.onnx", tokenizer: {} });
  expect((await findModel("/models/reward/model.onnx")).isFolder).toBe(false);
  for (const lacking of ["/models/policy", "/models/none", "/models/none.onnx"])
    await expect(findModel(lacking)).rejects.toSatisfy(
      (error) => RewardModelError.isInstance(error) && error.message.startsWith(`there is no reward model ${lacking}`),
    );
});
