import { join } from "node:path";
import { withoutSecrets } from "@cai/endpoint";
import { auditRun, judgeSamples, writeAudit } from "@cai/evaluation";
import { readMetrics, readSamples } from "@cai/run-log";
import { disposing, type Json } from "@cai/training";
import type { PreparedPipeline } from "./prepared-pipeline.ts";
import type { PipelineStage } from "./stage.ts";

/** Looks for signs of over-optimisation in what the training against the reward logged, by the judge's scores of its answers. */
export function auditStage(pipeline: PreparedPipeline): PipelineStage {
  const { config, out, parts } = pipeline;
  return {
    name: "audit",
    work: 0,
    inputs: (products) => ({ run: products.get("rl")!.files, judge: config.judge }),
    run: ({ directory, signal, progress }) =>
      disposing(async (own) => {
        const judge = own(await parts.openReward(config.judge));
        const samples = await readSamples(join(out, "rl"));
        const gold = await judgeSamples(judge, samples, signal);
        progress(0.5);
        signal?.throwIfAborted();
        const audit = auditRun({ metrics: await readMetrics(join(out, "rl")), samples, gold });
        const names = { run: `${config.rl.toUpperCase()} of this pipeline`, judge: withoutSecrets(config.judge) };
        const paths = await writeAudit({ directory, audit, names });
        const signs = audit.signs.filter(({ shows }) => shows).map(({ name }) => name);
        return { paths, summary: { signs, goldFit: audit.goldFit as unknown as Json } };
      }),
  };
}
