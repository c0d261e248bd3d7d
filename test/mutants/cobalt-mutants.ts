import { type AnyAdapter, isSecret } from "gatefold";
import { defineAdapter, path } from "gatefold/kit";
import { capabilities } from "../foreign/cobalt/capabilities.ts";
import { unread } from "../foreign/cobalt/current.ts";
import { type CobaltSettings, nativeSchema, pageSchema, settingsSchema } from "../foreign/cobalt/schema.ts";
import { translate } from "../foreign/cobalt/translate.ts";
import { type CobaltVendor, cobaltVendor, HOST } from "../foreign/cobalt/vendor.ts";
import type { Mutant } from "./mutants.ts";

/** The adapter of a gateway that replaces everything, with one thing done wrongly. */
const cobaltWith =
  (wrong: Partial<CobaltVendor>, declared = capabilities) =>
  (): AnyAdapter =>
    defineAdapter({
      name: "cobalt",
      hosts: [HOST],
      settings: settingsSchema,
      native: nativeSchema,
      capabilities: declared,
      vendor: (settings: CobaltSettings) => ({ ...cobaltVendor(settings), ...wrong }),
    });

/** The requests of a right translation, changed. */
const translatedTo =
  (change: (request: ReturnType<typeof translate>["requests"][number]) => object): CobaltVendor["translate"] =>
  (input) => {
    const { requests, notes } = translate(input);
    return { requests: requests.map((request) => ({ ...request, ...change(request) })), notes };
  };

const WIRE = "the requests on the wire";

/** Wrong adapters of a gateway whose one write replaces everything. */
export const cobaltMutants: readonly Mutant[] = [
  {
    name: "sends a part to a gateway that replaces the whole",
    caughtBy: "name: set",
    says: WIRE,
    adapter: cobaltWith({
      translate: (input) => translate({ ...input, current: { ...(input.current ?? unread), kept: {} } }),
    }),
  },
  {
    name: "resets what it leaves out",
    caughtBy: "name: set, and nothing else",
    says: "what the update says nothing of",
    adapter: cobaltWith({
      translate: (input) => {
        const { note: _note, ...kept } = input.current?.kept ?? {};
        return translate({ ...input, current: { ...(input.current ?? unread), kept } });
      },
    }),
  },
  {
    name: "writes without the precondition",
    caughtBy: "enabled: set",
    says: WIRE,
    adapter: cobaltWith({ translate: translatedTo(() => ({ headers: {} })) }),
  },
  {
    name: "puts the id of the body into the path",
    caughtBy: "name: set",
    says: WIRE,
    adapter: cobaltWith({
      translate: (input) => translatedTo(() => ({ path: path`/connections/${input.id}` }))(input),
    }),
  },
  {
    name: "takes an error that comes with 200 for an answer",
    caughtBy: "error 1 of the fixture, 200 NotFoundError",
    says: "the class of the error",
    adapter: cobaltWith({ refusedWith: () => undefined }),
  },
  {
    name: "does not count on after the first page",
    caughtBy: "list gives every object of every page, once, as get gives it",
    says: "how many objects",
    adapter: cobaltWith({ list: { path: path`/connections`, query: "offset=0", page: pageSchema } }),
  },
  {
    name: "sends the key in a header of its own choice",
    caughtBy: "get gives the documented state of openai",
    says: "401",
    adapter: cobaltWith({ authentication: "bearer" }),
  },
  {
    name: "does without the secret that each write demands",
    caughtBy: "name: without what it requires is refused",
    says: "it did not fail",
    adapter: requiringInWords,
  },
];

/** Declares that each write needs the secret, and makes one up where none is given. */
function requiringInWords(): AnyAdapter {
  const adapter = cobaltWith({})();
  const open = (settings: unknown) => {
    const gateway = adapter.open(settings);
    const update: typeof gateway.update = async (id, given, call) => {
      const { credential } = given;
      if (credential !== undefined && "apiKey" in credential && isSecret(credential.apiKey)) {
        return gateway.update(id, given, call);
      }
      return { provider: await gateway.get(id, call), notes: [] };
    };
    return { ...gateway, update };
  };
  return { ...adapter, open, hosts: adapter.hosts, settings: adapter.settings, name: adapter.name };
}
