import {
  AbortedError,
  type GatewayError,
  InvalidInputError,
  type Issue,
  isGatewayError,
  type Outcome,
  PartialUpdateError,
} from "../contract/errors.ts";
import type { Call, Gateway, ProviderId, RequestPreview, UpdateResult } from "../contract/gateway.ts";
import type { ProviderState } from "../contract/state.ts";
import type { ProviderUpdate } from "../contract/update.ts";
import { previewBody } from "./body.ts";
import { type CheckedUpdate, checkUpdate } from "./check-update.ts";
import { type Client, type ClientResult, describeRequest, type SuccessfulReply } from "./client.ts";
import { replyFailure } from "./failure.ts";
import type { HttpRequest } from "./http.ts";
import { MethodChoice } from "./method-choice.ts";
import { followPages } from "./pagination.ts";
import { parseReply } from "./reply.ts";
import type { CommonSettings } from "./settings.ts";
import type { AdapterDefinition, Translation, Vendor, WriteRequest } from "./vendor.ts";

/** What a gateway is made of: a vendor's parts, and the client that reaches it. */
export interface GatewayParts<Settings extends CommonSettings, Id extends ProviderId, Reply, Current, Native> {
  readonly definition: AdapterDefinition<Settings, Id, Reply, Current, Native>;
  readonly settings: Settings;
  readonly vendor: Vendor<Id, Reply, Current, Native>;
  readonly client: Client;
}

/** The one pipeline: validate, read if needed, translate, send, map errors, validate the reply, normalize. */
export function createGateway<Settings extends CommonSettings, Id extends ProviderId, Reply, Current, Native>({
  definition,
  settings,
  vendor,
  client,
}: GatewayParts<Settings, Id, Reply, Current, Native>): Gateway<Id> {
  const adapter = definition.name;
  const capabilities = definition.capabilities(settings);
  const methods = new MethodChoice();
  type Sent = { readonly provider: ProviderState<Id>; readonly reply: Reply };

  function parseId(value: unknown): Id {
    const parsed = vendor.parseId(value);
    if ("id" in parsed) return parsed.id;
    throw new InvalidInputError(adapter, [{ path: "id", message: parsed.problem }]);
  }

  function check(id: unknown, value: unknown): CheckedUpdate<Native> & { readonly id: Id } {
    const parsed = vendor.parseId(id);
    const idIssues: Issue[] = "problem" in parsed ? [{ path: "id", message: parsed.problem }] : [];
    const rules = {
      adapter,
      capabilities,
      native: definition.native,
      conditions: (update: ProviderUpdate, given: Parameters<NonNullable<typeof vendor.conditions>>[1]) =>
        vendor.conditions?.(update, given) ?? [],
    };
    const checked = checkUpdate(rules, value, idIssues);
    return { ...checked, id: "id" in parsed ? parsed.id : parseId(id) };
  }

  function failed(result: Exclude<ClientResult, SuccessfulReply>, outcome: Outcome): GatewayError {
    return result.failure.toError({ adapter, outcome, retryable: result.repeatable });
  }

  /** Checks a reply; `outcome` is that of a reply that does not hold. */
  function accept(id: Id, request: HttpRequest, reply: SuccessfulReply, outcome: Outcome): Sent {
    const parsed = parseReply(vendor.reply, reply.text);
    const refuse = (problem: string) =>
      replyFailure(reply.status, describeRequest(request), problem).toError({ adapter, outcome, retryable: false });
    if ("problem" in parsed) throw refuse(parsed.problem);
    const listed = vendor.normalize(parsed.value);
    if (listed.id !== undefined && listed.id !== id) throw refuse("is about another provider than was asked for");
    return { provider: { ...listed, id }, reply: parsed.value };
  }

  async function read(id: Id, call: Call): Promise<Sent> {
    const request = { method: "GET", path: vendor.itemPath(id) };
    const result = await client(request, { repeat: "safe", signal: call.signal });
    if (!result.ok) throw failed(result, "not-sent");
    return accept(id, request, result, "not-sent");
  }

  async function write(id: Id, request: WriteRequest, update: ProviderUpdate, call: Call): Promise<Sent> {
    const { signal } = call;
    const http = { path: request.path, body: request.body };
    const sending = { repeat: request.repeat, signal, advise: (status: number) => vendor.advise?.(status, update) };
    const result = await methods.send(request.methods, {
      label: describeRequest({ method: request.methods[0], ...http }),
      signal,
      write: (method) => client({ method, ...http }, sending),
      read: () => client({ method: "GET", path: vendor.itemPath(id) }, { repeat: "safe", signal }),
    });
    if (!result.ok) throw failed(result, result.effect);
    return accept(id, { method: methods.remaining(request.methods)[0], ...http }, result, "unknown");
  }

  async function currentOf(id: Id, update: ProviderUpdate, call: Call): Promise<Current | undefined> {
    if (!vendor.current?.needed(update)) return undefined;
    const current = vendor.current.from((await read(id, call)).reply);
    const issues = vendor.current.conditions?.(update, current) ?? [];
    if (issues.length > 0) throw new InvalidInputError(adapter, issues);
    return current;
  }

  async function writeAll(id: Id, { requests }: Translation, update: ProviderUpdate, call: Call) {
    let provider: ProviderState<Id> | undefined;
    for (const [index, request] of requests.entries()) {
      try {
        ({ provider } = await write(id, request, update, call));
      } catch (error) {
        if (index === 0 || !isGatewayError(error)) throw error;
        throw partial(adapter, requests, index, error);
      }
    }
    return provider ?? (await read(id, call)).provider;
  }

  return {
    adapter,
    capabilities,
    parseId,

    explain(id, value) {
      const checked = check(id, value);
      const needed = vendor.current?.needed(checked.update) === true;
      const { requests } = vendor.translate({ ...checked, current: needed ? vendor.current?.unread : undefined });
      const base = new URL(vendor.baseUrl).pathname.replace(/\/$/, "");
      const item = base + vendor.itemPath(checked.id).text;
      const reading: RequestPreview[] = needed ? [{ method: "GET", path: item }] : [];
      return [...reading, ...requests.flatMap((request) => previews(request, methods, base, item))];
    },

    async get(id, call = {}) {
      return (await read(parseId(id), call)).provider;
    },

    async *list(call = {}) {
      const { path, query, page } = vendor.list;
      const fetchPage = async (pageQuery: string | undefined) => {
        const request = { method: "GET", path, ...(pageQuery === undefined ? {} : { query: pageQuery }) };
        const result = await client(request, { repeat: "safe", signal: call.signal });
        if (!result.ok) throw failed(result, "not-sent");
        const parsed = parseReply(page, result.text);
        const refuse = (problem: string) =>
          replyFailure(result.status, describeRequest(request), problem).toError({
            adapter,
            outcome: "not-sent",
            retryable: false,
          });
        if ("problem" in parsed) throw refuse(parsed.problem);
        return { ...parsed.value, refuse };
      };
      for await (const reply of followPages(fetchPage, query)) {
        if (call.signal?.aborted) {
          throw new AbortedError({
            adapter,
            message: `${adapter}: the list was aborted`,
            outcome: "not-sent",
            retryable: false,
          });
        }
        yield vendor.normalize(reply);
      }
    },

    async update(id, value, call = {}): Promise<UpdateResult<Id>> {
      const checked = check(id, value);
      const current = await currentOf(checked.id, checked.update, call);
      const translation = vendor.translate({ ...checked, current });
      const provider = await writeAll(checked.id, translation, checked.update, call);
      return { provider, notes: translation.notes };
    },
  };
}

function previews(request: WriteRequest, choice: MethodChoice, base: string, item: string): RequestPreview[] {
  const path = base + request.path.text;
  const body = previewBody(request.body);
  return choice.remaining(request.methods).flatMap((method, index, methods): RequestPreview[] => {
    const before = methods[index - 1];
    if (before === undefined) return [{ method, path, body }];
    return [
      { method: "GET", path: item, when: `${before} is answered 404` },
      { method, path, body, when: `${before} is answered 405, or 404 though the provider can be read` },
    ];
  });
}

function partial(
  adapter: string,
  requests: readonly WriteRequest[],
  failedAt: number,
  error: GatewayError,
): PartialUpdateError {
  const fieldsOf = (part: readonly WriteRequest[]) => part.flatMap(({ fields }) => fields);
  return new PartialUpdateError(
    adapter,
    fieldsOf(requests.slice(0, failedAt)),
    fieldsOf(requests.slice(failedAt)),
    error,
  );
}
