/** Sends an event; nothing happens once the client has gone. */
export type SendEvent = (data: object) => void;

/**
 * An answer as server-sent events, with OpenAI's `[DONE]` behind the last.
 *
 * @param write sends the events; what it throws is sent too, as the last one
 * @param gone is called where the client leaves before the end
 */
export function eventStream(write: (send: SendEvent) => Promise<void>, { describe, gone }: EventStreamOptions): Response {
  const encoder = new TextEncoder();
  let isOpen = true;
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const line = (text: string) => {
        if (isOpen) controller.enqueue(encoder.encode(`data: ${text}\n\n`));
      };
      const send = (data: object) => line(JSON.stringify(data));
      try {
        await write(send);
        line("[DONE]");
      } catch (error) {
        send(describe(error as Error));
      }
      if (isOpen) controller.close();
    },
    cancel() {
      isOpen = false;
      gone();
    },
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" } });
}

interface EventStreamOptions {
  readonly describe: (error: Error) => object;
  readonly gone: () => void;
}
