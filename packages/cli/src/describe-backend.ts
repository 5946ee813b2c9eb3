import type { PreparedBackend } from "@cai/backend";

/** One line: what computes and, where it could be faster, the command that mends that. */
export const describeBackend = ({ name, reason, fix }: PreparedBackend): string =>
  `backend ${name}: ${reason}${fix === undefined ? "" : `; to fix it: ${fix}`}`;
