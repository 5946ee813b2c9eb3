import type { FuzzTarget } from "./target.ts";
import { answers } from "./targets/answers.ts";
import { data } from "./targets/data.ts";
import { jobs } from "./targets/jobs.ts";
import { modelTexts } from "./targets/model-texts.ts";
import { requests } from "./targets/requests.ts";
import { weights } from "./targets/weights.ts";

/** Everything here that reads what strangers write. */
export const targets: readonly FuzzTarget[] = [...weights, ...modelTexts, ...data, ...answers, ...requests, ...jobs];
