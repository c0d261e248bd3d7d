import type { FakeDescription } from "gatefold/testing";

/** The token that Cobalt takes in the tests. */
export const TOKEN = "cobalt-token-0123456789";

/** What Cobalt's documentation says, as README.md tells it; nothing of the adapter is used here. */
export const cobaltFake = (
  objects: FakeDescription["objects"],
  more: Partial<FakeDescription> = {},
): FakeDescription => ({
  authentication: { header: "X-Cobalt-Key" },
  token: TOKEN,
  id: { member: "provider", kind: "text" },
  members: {
    label: { type: "text", required: true, maxLength: 80 },
    note: { type: "text", empty: "absent", maxLength: 200 },
    timeoutMs: { type: "integer", empty: "absent", minimum: 1, maximum: 600_000 },
    idleTimeoutMs: { type: "integer", empty: "absent", minimum: 1, maximum: 120_000 },
    active: { type: "boolean", default: true },
    secret: {
      type: "text",
      required: true,
      empty: "absent",
      shown: { as: "displaySecret", mask: (text) => `****${text.slice(-4)}` },
    },
    headers: {
      type: "object",
      empty: "absent",
      shown: { as: "headerNames", derive: (headers) => Object.keys(Object(headers)) },
    },
    revision: { type: "integer", stamp: "revision" },
    modifiedAt: { type: "text", stamp: "written" },
  },
  list: {
    path: "/connections",
    items: "connections",
    paging: { kind: "offset", size: 20, parameter: "offset", total: "total" },
  },
  writes: [
    {
      method: "PUT",
      path: "/connections",
      idIn: "provider",
      mode: "replace",
      creates: true,
      precondition: { header: "If-Match", member: "revision" },
      envelope: "connection",
    },
  ],
  errors: {
    under200: true,
    body: (status, text) => ({ ok: false, fault: { status, text } }),
    waitIn: "fault.wait",
  },
  objects,
  ...more,
});
