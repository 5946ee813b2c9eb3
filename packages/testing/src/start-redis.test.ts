import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startRedis, whyNoRedis } from "./start-redis.ts";

test.skipIf(whyNoRedis)(
  `what Redis was told is there after it was killed and started again${whyNoRedis ? ` (${whyNoRedis})` : ""}`,
  async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const ask = async (command: string): Promise<string> => {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      socket.write(`${command}\r\n`);
      const [answer] = (await once(socket, "data")) as [Buffer];
      socket.destroy();
      return answer.toString();
    };
    expect(await ask("SET name value")).toBe("+OK\r\n");
    await server.restart();
    expect(await ask("GET name")).toBe("$5\r\nvalue\r\n");
  },
);
