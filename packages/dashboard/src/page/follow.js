// @ts-check
/**
 * Follows a file of lines on the server: what is new of it, and whether what came before is still so.
 *
 * @param {string} file `metrics`, `samples` or `evaluation-samples`
 * @param {string} run
 * @param {{ restart(): void, add(text: string): void }} reader
 * @param {typeof fetch} [ask]
 */
export function follow(file, run, reader, ask = fetch) {
  let from = "";
  return {
    /** Takes what is there by now; whether there was anything. */
    async catchUp() {
      let found = false;
      for (let more = true; more; ) {
        const answer = await ask(`/api/${file}?${new URLSearchParams({ run, from })}`);
        if (!answer.ok) throw new Error(await answer.text());
        const text = await answer.text();
        if (answer.headers.get("x-new") === "true") reader.restart();
        if (text !== "") reader.add(text);
        found ||= text !== "" || answer.headers.get("x-new") === "true";
        from = answer.headers.get("x-next") ?? "";
        more = answer.headers.get("x-more") === "true";
      }
      return found;
    },
  };
}
