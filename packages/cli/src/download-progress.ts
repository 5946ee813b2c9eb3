import type { DownloadProgress } from "@cai/hub";
import type { Terminal } from "./terminal.ts";

/** Downloads, and shows on a terminal how far that is. */
export async function showDownload<Result>(
  source: string,
  terminal: Terminal,
  download: (onProgress: (progress: DownloadProgress) => void) => Promise<Result>,
): Promise<Result> {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  let shown = "";
  try {
    return await download(({ receivedBytes, totalBytes }) => {
      const text = `downloading ${source}: ${megabytes(receivedBytes)} of ${megabytes(totalBytes)} MB`;
      if (terminal.interactive && text !== shown) terminal.rewrite(text);
      shown = text;
    });
  } finally {
    if (terminal.interactive && shown !== "") terminal.write("\n");
  }
}
