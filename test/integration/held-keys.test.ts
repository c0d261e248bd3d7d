import { allowLoopback } from "../support/loopback.ts";
import { gatefold, gatewaysOf, seed, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

// The gateway holds this key, and the config refers to it: no request of a plan carries it.
const HELD = "sk-old-ngrok-key";
const KEYS = { OPENAI_KEY: HELD, FINGERPRINT_KEY: "a random text of its own" };

/** A gateway that answers every read with an error that quotes the key it holds. */
async function quoting() {
  const sandbox = await open({ seed });
  const { yaml, environment } = gatewaysOf(sandbox);
  directory.write(
    "gatefold.yaml",
    `${yaml}fingerprintKey: env:FINGERPRINT_KEY
providers:
  openai:
    name: Another
    credential: { scheme: api_key, apiKey: env:OPENAI_KEY }
    gateways: { ngrok-prod: { id: aigpk_openai } }
`,
  );
  const body = { statusCode: 400, msg: `The key ${HELD} is disabled.`, details: {} };
  const quote = (method: string) => sandbox.inject("ngrok", { kind: "status", status: 400, body, method, times: 9 });
  return { quote, surroundings: { directory: directory.path, environment: { ...environment, ...KEYS } } };
}

it.each(["plan", "drift", "adopt --key", "apply --write-unverified", "plan --json"])(
  "a key that a gateway quotes in answer to a read is not shown by %s",
  async (command) => {
    const { quote, surroundings } = await quoting();
    quote("GET");
    const { exit, stdout, stderr } = await gatefold(command.split(" "), surroundings);
    expect(exit).not.toBe(0);
    expect(stdout + stderr).toContain("The key [redacted] is disabled.");
    expect(stdout + stderr).not.toContain(HELD);
  },
);

it("a key that a gateway quotes in answer to a write of something else is not shown by apply", async () => {
  const { quote, surroundings } = await quoting();
  quote("PATCH");
  const { exit, stdout, stderr } = await gatefold(["apply"], surroundings);
  expect(exit).not.toBe(0);
  expect(stdout + stderr).toContain("The key [redacted] is disabled.");
  expect(stdout + stderr).not.toContain(HELD);
});
