import { parse } from "yaml";
import { SandboxConfigurationError, startSandbox, startSandboxFrom } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";

allowLoopback();

const names = "respan, keywordsai, barndoor, ngrok";
const provider = { pk: 1, provider_id: "one", provider_name: "One" };

describe("options that do not hold", () => {
  it.each([
    [null, "options: expected an object"],
    [{ seeds: {} }, "seeds: there is no such option; expected seed, switches, faults, portBase, now"],
    [{ seed: [] }, "seed: expected an object with a key per gateway"],
    [{ seed: { other: {} } }, `seed.other: there is no such gateway; expected ${names}`],
    [{ switches: { other: {} } }, `switches.other: there is no such gateway; expected ${names}`],
    [{ faults: { other: [] } }, `faults.other: there is no such gateway; expected ${names}`],
    [{ faults: { ngrok: {} } }, "ngrok.faults: expected a list"],
    [{ portBase: 65_533 }, "portBase: expected a port from 1 to 65532"],
    [{ portBase: "4000" }, "portBase: expected a port from 1 to 65532"],
    [{ now: 5 }, "now: expected a function that answers milliseconds"],
    [
      { seed: { respan: { providers: [{ ...provider, pk: "1" }] } } },
      "respan.seed.providers[0].pk: Invalid input: expected number, received string",
    ],
    [
      { seed: { keywordsai: { providers: [provider, { ...provider, pk: 2 }] } } },
      "keywordsai.seed.providers: expected every provider_id only once",
    ],
    [{ seed: { respan: { providers: [provider, provider] } } }, /respan\.seed\.providers: expected every pk only once/],
    [{ seed: { ngrok: { tokens: "x" } } }, 'ngrok.seed: Unrecognized key: "tokens"'],
    [{ switches: { ngrok: { validationStatus: 404 } } }, /^ngrok\.switches\.validationStatus: Invalid input/],
    [{ switches: { barndoor: { updateMethod: "POST" } } }, /^barndoor\.switches\.updateMethod: Invalid option/],
  ])("%j", async (options, message) => {
    const expected = typeof message === "string" ? { message } : { message: expect.stringMatching(message) };
    await expect(startSandboxFrom(options)).rejects.toMatchObject({ name: "SandboxConfigurationError", ...expected });
  });

  it("are all told at once, with their paths, and without a value", async () => {
    const keys = [
      { id: "aigpk_1", providerId: "openai", name: "n".repeat(300), value: "sk-first-secret", metadata: "" },
      { id: "aigpk_2", providerId: "openai", name: "Name", value: ["sk-second-secret"] },
    ];
    const error = await startSandboxFrom({ seed: { ngrok: { token: "", keys } } }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SandboxConfigurationError);
    expect(error).toMatchObject({
      code: "sandbox_configuration",
      issues: [
        { path: "ngrok.seed.token" },
        { path: "ngrok.seed.keys[0].name", message: "expected at most 255 characters" },
        { path: "ngrok.seed.keys[0].metadata" },
        { path: "ngrok.seed.keys[1].value", message: "Invalid input: expected string, received array" },
      ],
    });
    expect(String(error)).not.toMatch(/secret|nnn/);
  });
});

describe("faults that do not hold", () => {
  const kinds = "latency, status, redirect, reset, lost-reply, html, truncated, slow-body or huge-body";
  it.each([
    ["reset", "respan.faults[0]: expected an object"],
    [{}, "respan.faults[0].kind: expected a non-empty text"],
    [{ kind: "flood" }, `respan.faults[0].kind: expected ${kinds}`],
    [{ kind: "reset", times: 0 }, "respan.faults[0].times: expected an integer from 1 to 9007199254740991"],
    [{ kind: "reset", method: 1 }, "respan.faults[0].method: expected a non-empty text"],
    [{ kind: "reset", ms: 1 }, "respan.faults[0].ms: this kind of fault has no such field"],
    [{ kind: "latency" }, "respan.faults[0].ms: expected an integer from 0 to 2147483647"],
    [{ kind: "status", status: 99 }, "respan.faults[0].status: expected an integer from 200 to 599"],
    [
      { kind: "status", status: 500, headers: { "bad name": "x" } },
      "respan.faults[0].headers: expected valid header names with texts",
    ],
    [{ kind: "redirect" }, "respan.faults[0].location: expected a non-empty text"],
    [
      { kind: "redirect", location: "a\nb" },
      "respan.faults[0].location: expected a text that an HTTP header can carry",
    ],
    [{ kind: "redirect", location: "/", status: 200 }, "respan.faults[0].status: expected an integer from 300 to 399"],
  ])("%j", async (fault, message) => {
    await expect(startSandboxFrom({ faults: { respan: [fault] } })).rejects.toThrow(new Error(message));
  });

  it("are refused while running too, as is a gateway that is not there", async () => {
    const sandbox = await startSandbox();
    const untyped: { inject(gateway: string, fault: unknown): void } = {
      inject: (gateway, fault) => Reflect.apply(sandbox.inject, undefined, [gateway, fault]),
    };
    expect(() => untyped.inject("other", { kind: "reset" })).toThrow(
      `other: there is no such gateway; expected ${names}`,
    );
    expect(() => untyped.inject("ngrok", { kind: "flood" })).toThrow(`ngrok.faults.kind: expected ${kinds}`);
    await sandbox.close();
  });
});

const everyGateway = `
seed:
  respan:
    token: respan-token
    providers:
      - pk: 123
        provider_id: my-azure-provider
        provider_name: Azure Provider
        api_key: old-azure-key
        extra_kwargs: { base_url: https://azure.example/v1, timeout: 30 }
        created_at: 2024-01-15T10:30:00Z
        updated_at: 2024-01-15T12:00:00Z
  keywordsai:
    providers:
      - { pk: 7, provider_id: house, provider_name: House, is_managed: true }
  barndoor:
    token: barndoor-token
    connections:
      - id: 0b9c1c52-6f0e-4c57-9d0b-1f1f6b2f7a01
        name: Shared OpenAI
        model_provider: openai
        base_url: https://api.openai.com/v1
        auth_type: api_key
        api_key: sk-shared-4321
    providers:
      - id: 4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111
        name: OpenAI
        model_provider: openai
        base_url: https://api.openai.com/v1
        auth_type: api_key
        api_key: sk-inline-key
        settings: { region: eu }
        request_timeout_secs: 90
        health_status: healthy
      - id: 4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a112
        name: OpenAI, shared key
        model_provider: openai
        connection_id: 0b9c1c52-6f0e-4c57-9d0b-1f1f6b2f7a01
  ngrok:
    token: ngrok-token
    keys:
      - id: aigpk_2abc
        providerId: openai
        name: OpenAI Production
        value: sk-proj-abcdefghijklmnop1234
        description: production
        metadata: '{"team":"ml"}'
        lastUsed: 2025-12-01T00:00:00Z
switches:
  respan: { rateLimit: true, extraKwargs: merge }
  barndoor: { updateMethod: PUT, wrongMethod: 404 }
faults:
  ngrok:
    - { kind: status, status: 503, method: POST, path: /rotate, times: 2 }
    - { kind: lost-reply, method: PATCH }
`;

describe("options that hold", () => {
  it("can stand in a YAML file", async () => {
    const sandbox = await startSandboxFrom(parse(everyGateway));
    expect(sandbox.stored("respan", 123)).toMatchObject({ api_key: "old-azure-key" });
    expect(sandbox.stored("keywordsai", "house")).toMatchObject({ pk: 7, is_managed: true });
    const bound = sandbox.stored("barndoor", "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a112");
    expect(bound).toMatchObject({ base_url: "https://api.openai.com/v1", auth_type: "api_key", api_key: null });
    expect(sandbox.stored("ngrok", "aigpk_2abc")).toMatchObject({ value: "sk-proj-abcdefghijklmnop1234" });
    await sandbox.close();
  });

  it("leave a gateway that is not named empty, with its own default token", async () => {
    const sandbox = await startSandboxFrom({ seed: { respan: { token: "my-token" } } });
    expect(sandbox.tokens).toEqual({
      respan: "my-token",
      keywordsai: "sandbox-keywordsai-token",
      barndoor: "sandbox-barndoor-token",
      ngrok: "sandbox-ngrok-token",
    });
    const headers = { authorization: "Bearer my-token" };
    expect(await (await fetch(`${sandbox.urls.respan}/api/providers/`, { headers })).json()).toEqual([]);
    expect(sandbox.stored("ngrok", "aigpk_1")).toBeUndefined();
    await sandbox.close();
  });
});
