import {
  type Credential,
  type CredentialScheme,
  type Field,
  type Gateway,
  isGatewayError,
  type ProviderId,
  type ProviderUpdate,
  secret,
} from "../../src/index.ts";
import { type Step, scriptWire, type WireRequest } from "./wire.ts";

/** An update that goes out: exactly these requests, in this order, with exactly these bodies. */
export interface Sent {
  readonly update: ProviderUpdate;
  /** What the gateway answers, request by request. */
  readonly replies: readonly (Pick<Step, "status" | "reply"> & { readonly request: WireLine })[];
}

/** Method, URL (host, path, query) and body; no body is no body. */
export type WireLine = readonly [method: string, url: string, body?: unknown];

/** An update that is refused: nothing may go out. */
export interface Refused {
  readonly update: ProviderUpdate;
  readonly error: "UnsupportedFieldError" | "InvalidInputError";
  /** The paths that the error names, all of them. */
  readonly paths: readonly string[];
  /** Requests that are allowed before the refusal: the read that it needs. */
  readonly replies?: Sent["replies"];
}

/** One vendor's mapping, total by type: every field set, cleared, and omitted from an update of something else. */
export type MappingTable = Readonly<
  Record<Field, { readonly set: Sent | Refused; readonly clear: Sent | Refused; readonly omitted: Sent }>
>;

/** Every credential scheme, total by type. */
export type SchemeTable = Readonly<Record<CredentialScheme, Sent | Refused>>;

/** A credential of each scheme, with recognisable values. */
export const credentials: { readonly [Scheme in CredentialScheme]: Extract<Credential, { scheme: Scheme }> } = {
  api_key: { scheme: "api_key", apiKey: secret("new-api-key") },
  bedrock_api_key: { scheme: "bedrock_api_key", apiKey: secret("new-bedrock-key") },
  aws_role: { scheme: "aws_role", roleArn: "arn:aws:iam::123456789012:role/gateway", externalId: "external-1" },
  aws_keys: { scheme: "aws_keys", accessKeyId: "AKIAEXAMPLE", secretAccessKey: secret("new-secret-access-key") },
  google_adc: { scheme: "google_adc" },
  google_service_account: {
    scheme: "google_service_account",
    serviceAccount: secret(
      '{"type": "service_account", "client_email": "bot@example.test", "private_key": "-----BEGIN\\nkey\\n-----END"}',
    ),
  },
  google_impersonation: { scheme: "google_impersonation", targetServiceAccount: "target@example.test" },
  oauth_passthrough: { scheme: "oauth_passthrough" },
};

const TOKEN = "gateway-token";

/** The token that the mapping tests expect on the wire. */
export const token = secret(TOKEN);

/** Runs a vendor's tables. Each case gets a gateway of its own. */
export function testMapping<Id extends ProviderId>(
  open: () => Gateway<Id>,
  id: Id,
  fields: MappingTable,
  schemes: SchemeTable,
): void {
  describe.each(Object.entries(fields))("%s", (_field, row) => {
    it.each(Object.entries(row))("%s", (_case, expected) => expectMapping(open(), id, expected));
  });
  describe("credential schemes", () => {
    it.each(Object.entries(schemes))("%s", (_scheme, expected) => expectMapping(open(), id, expected));
  });
}

/** Makes the update and compares the wire, or the refusal. */
export async function expectMapping<Id extends ProviderId>(
  gateway: Gateway<Id>,
  id: Id,
  expected: Sent | Refused,
): Promise<void> {
  const lines = (expected.replies ?? []).map(({ request }) => request);
  const requests = script(expected.replies ?? []);
  if ("error" in expected) {
    const error: unknown = await gateway.update(id, expected.update).catch((caught: unknown) => caught);
    if (!isGatewayError(error)) throw new Error("the update was not refused");
    expect({ name: error.name, outcome: error.outcome, paths: pathsOf(error) }).toStrictEqual({
      name: expected.error,
      outcome: "not-sent",
      paths: [...expected.paths].sort(),
    });
  } else {
    await gateway.update(id, expected.update);
  }
  expect(requests).toStrictEqual(lines.map(wireRequest));
}

/** Scripts the wire for a list of expected requests and their replies. */
export function script(replies: Sent["replies"]): readonly WireRequest[] {
  const [first] = replies;
  const host = first === undefined ? "unused.test" : (first.request[1].split("/", 1)[0] ?? "");
  const steps = replies.map(({ request: [method, url], status, reply }): Step => {
    return { method, path: url.slice(host.length), reply, ...(status === undefined ? {} : { status }) };
  });
  return scriptWire(`https://${host}`, steps);
}

/** The whole request that a line stands for. */
export function wireRequest([method, url, ...body]: WireLine): WireRequest {
  const headers = { authorization: `Bearer ${TOKEN}`, accept: "application/json", "user-agent": "gatefold/0.1.0" };
  if (body.length === 0) return { method, url, headers };
  return { method, url, headers: { ...headers, "content-type": "application/json" }, body: body[0] };
}

function pathsOf(error: { fields?: readonly string[]; issues?: readonly { path: string }[] } | Error): string[] {
  if ("fields" in error && error.fields !== undefined) return [...error.fields].sort();
  return "issues" in error && error.issues !== undefined ? error.issues.map(({ path }) => path).sort() : [];
}
