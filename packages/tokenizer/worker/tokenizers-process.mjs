// Runs the Rust library for one tokenizer in a process of its own, which may be killed: tokenizers-guard.mjs does that.
import { answerTo } from "./tokenizers-operations.mjs";

// A call that never ends holds the ordinary way out.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("message", async (request) => process.send(await answerTo(request)));
process.send({ started: true });
