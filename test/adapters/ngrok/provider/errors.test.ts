import { ngrokProvider } from "../../../../adapters/ngrok/index.ts";
import { type ErrorCase, expectedFacts, factsOf, failureOf, statuses } from "../../../support/error-cases.ts";
import { token } from "../../../support/mapping.ts";
import { scriptWire } from "../../../support/wire.ts";

const origin = "https://api.ngrok.ai";
const id = "aigp_2abc";
const path = `/providers/${id}`;

const errorBody = (statusCode: number, msg: string, errorCode: string) => ({ statusCode, msg, details: {}, errorCode });

// The pages on the codes give messages without statuses; those here are their nearest.
const coded = (status: number, name: string, code: number, msg: string): ErrorCase => ({
  status,
  body: errorBody(status, msg, `ERR_NGROK_${code}`),
  name,
  says: [msg, `ERR_NGROK_${code}`],
  vendorCode: `ERR_NGROK_${code}`,
});

const documented: readonly ErrorCase[] = [
  coded(422, "RejectedError", 27701, "The name is limited to 255 characters."),
  coded(422, "RejectedError", 27707, "The format is not known."),
  coded(422, "RejectedError", 27711, "The model_id is there twice."),
  coded(422, "RejectedError", 27718, "The host of the base_url is not allowed."),
  coded(404, "NotFoundError", 27611, "The provider was not found."),
  coded(409, "ConflictError", 27607, "It exists already."),
];

describe("the errors of ngrok's custom providers", () => {
  const open = () => ngrokProvider({ token, retry: { attempts: 0 } });
  const failedUpdate = () => failureOf(() => open().update(id, { name: "N" }));

  it.each(documented)("documented: $vendorCode", async (expected) => {
    scriptWire(origin, [{ method: "PATCH", path, status: expected.status, reply: expected.body }]);
    const error = await failedUpdate();
    expect(factsOf(error)).toStrictEqual(expectedFacts(expected, "ngrok-provider"));
    for (const text of expected.says) expect(error.message).toContain(text);
  });

  it.each(statuses)(
    "status %i with the documented shape says what the gateway said",
    async (status, name, outcome, retryable) => {
      scriptWire(origin, [{ method: "PATCH", path, status, reply: errorBody(status, "The message.", "ERR_NGROK_1") }]);
      const error = await failedUpdate();
      expect(factsOf(error)).toMatchObject({ name, status, outcome, retryable, vendorCode: "ERR_NGROK_1" });
      expect(error.message).toContain("The message.");
    },
  );

  it("repeats an update whose reply was lost: it sets the same values again", async () => {
    const reply = { ...errorBody(503, "Later.", "ERR_NGROK_1") };
    const requests = scriptWire(origin, [
      { method: "PATCH", path, fault: "ECONNRESET" },
      { method: "PATCH", path, status: 422, reply },
    ]);
    const error = await failureOf(() => ngrokProvider({ token, retry: { attempts: 1 } }).update(id, { name: "N" }));
    expect(factsOf(error)).toMatchObject({ name: "RejectedError", outcome: "unknown" });
    expect(requests).toHaveLength(2);
  });
});
