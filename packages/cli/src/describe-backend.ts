import type { PreparedBackend } from "@cai/backend";

/** One line: what computes and, where it could be faster, the command that mends that. */
export const describeBackend = ({ name, reason, mend }: PreparedBackend): string =>
  `backend ${name}: ${reason}${mend === undefined ? "" : `; to mend it: ${mend}`}`;
