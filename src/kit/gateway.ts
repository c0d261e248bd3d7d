import {
  AbortedError,
  type GatewayError,
  InvalidInputError,
  type Issue,
  isGatewayError,
  NotFoundError,
  type Outcome,
  PartialUpdateError,
} from "../contract/errors.ts";
import type { Call, Gateway, ProviderId, RequestPreview, UpdateResult } from "../contract/gateway.ts";
import type { ProviderState } from "../contract/state.ts";
import type { ProviderUpdate } from "../contract/update.ts";
import { previewBody, secretsIn } from "./body.ts";
import { type CheckedUpdate, checkUpdate, type UpdateRules } from "./check-update.ts";
import { describeRequest, type SuccessfulReply } from "./client.ts";
import { creating } from "./creating.ts";
import { fetchPages } from "./fetch-pages.ts";
import {
  basePathOf,
  failed,
  type GatewayParts,
  idOf,
  type OpenCall,
  openCall,
  perform,
  performEach,
  unusable,
} from "./gateway-parts.ts";
import type { HttpRequest } from "./http.ts";
import { MethodChoice } from "./method-choice.ts";
import type { Observation } from "./observation.ts";
import { removing } from "./removing.ts";
import { parseReply } from "./reply.ts";
import { redactData } from "./scrub.ts";
import type { AnySettings } from "./settings.ts";
import { sharing } from "./sharing.ts";
import type { Translation, WriteRequest } from "./vendor.ts";

/** The one pipeline: validate, read if needed, translate, send, map errors, validate the reply, normalize. */
export function createGateway<Settings extends AnySettings, Id extends ProviderId, Reply, Current, Native>(
  parts: GatewayParts<Settings, Id, Reply, Current, Native>,
): Gateway<Id> {
  const { definition, settings, vendor, client } = parts;
  const adapter = definition.name;
  const capabilities = definition.capabilities(settings);
  const methods = new MethodChoice();
  type Sent = { readonly provider: ProviderState<Id>; readonly reply: Reply };

  const base = basePathOf(vendor.baseUrl);

  const parseId = (value: unknown): Id => idOf(adapter, vendor, value);

  const rules: UpdateRules<Native> = {
    adapter,
    capabilities,
    native: definition.native,
    conditions: (update, given) => vendor.conditions?.(update, given) ?? [],
  };

  function check(id: unknown, value: unknown): CheckedUpdate<Native> & { readonly id: Id } {
    const parsed = vendor.parseId(id);
    const idIssues: Issue[] = "problem" in parsed ? [{ path: "id", message: parsed.problem }] : [];
    const { update, native } = checkUpdate(rules, value, idIssues);
    return { update, native, id: "id" in parsed ? parsed.id : parseId(id) };
  }

  /** Checks a reply; `outcome` is that of a reply that does not hold. */
  function accept(id: Id, request: HttpRequest, reply: SuccessfulReply, outcome: Outcome, call: OpenCall): Sent {
    const parsed = parseReply(vendor.reply, reply.text);
    if ("problem" in parsed) throw unusable(adapter, request, reply, parsed.problem, outcome);
    const listed = vendor.normalize(parsed.value);
    if (listed.id !== undefined && listed.id !== id) {
      throw unusable(adapter, request, reply, "is about another provider than was asked for", outcome);
    }
    return { provider: { ...redactData(listed, call.known), id }, reply: parsed.value };
  }

  /** What a read of the item asks for. */
  const readPath = (id: Id) => vendor.itemPath?.(id) ?? vendor.list.path;

  async function read(id: Id, call: OpenCall): Promise<Sent> {
    if (vendor.itemPath === undefined) return findInList(id, call);
    const request = { method: "GET", path: vendor.itemPath(id) };
    const result = await client(request, { repeat: "safe", ...call });
    if (!result.ok) throw failed(adapter, result, "not-sent");
    return accept(id, request, result, "not-sent", call);
  }

  async function findInList(id: Id, call: OpenCall): Promise<Sent> {
    const { path } = vendor.list;
    for await (const reply of everyReply(call)) {
      const listed = vendor.normalize(reply);
      if (listed.id === id) return { provider: { ...redactData(listed, call.known), id }, reply };
    }
    const message = `${adapter}: GET ${path.text} lists no provider of this id`;
    throw new NotFoundError({ adapter, message, outcome: "not-sent", retryable: false });
  }

  async function write(id: Id, request: WriteRequest, update: ProviderUpdate, call: OpenCall): Promise<Sent> {
    const { headers } = request;
    const http = { path: request.path, body: request.body, ...(headers === undefined ? {} : { headers }) };
    const sending = { repeat: request.repeat, advise: (status: number) => vendor.advise?.(status, update), ...call };
    const result = await methods.send(request.methods, {
      label: describeRequest({ method: request.methods[0], ...http }),
      signal: call.signal,
      write: (method) => client({ method, ...http }, sending),
      read: () => client({ method: "GET", path: readPath(id) }, { repeat: "safe", ...call }),
    });
    if (!result.ok) throw failed(adapter, result, result.effect);
    return accept(id, { method: methods.remaining(request.methods)[0], ...http }, result, "unknown", call);
  }

  async function currentOf(id: Id, update: ProviderUpdate, call: OpenCall): Promise<Current | undefined> {
    if (!vendor.current?.needed(update)) return undefined;
    const current = vendor.current.from((await read(id, call)).reply);
    const issues = vendor.current.conditions?.(update, current) ?? [];
    if (issues.length > 0) throw new InvalidInputError(adapter, issues);
    return current;
  }

  async function writeAll(id: Id, { requests, notes }: Translation, update: ProviderUpdate, call: OpenCall) {
    let provider: ProviderState<Id> | undefined;
    for (const [index, request] of requests.entries()) {
      try {
        ({ provider } = await write(id, request, update, call));
      } catch (error) {
        if (provider === undefined || !isGatewayError(error)) throw error;
        const failure = partial(adapter, requests, index, error);
        call.observation?.changed({ fields: fieldsOf(requests.slice(0, index)), provider, notes });
        throw failure;
      }
    }
    if (provider === undefined) throw new Error(`${adapter} translated an update into no request`);
    call.observation?.changed({ fields: fieldsOf(requests), provider, notes });
    return provider;
  }

  const everyReply = (call: OpenCall) => fetchPages(adapter, client, vendor.list, call);

  async function* everyProvider(options: Call, observation: Observation | undefined) {
    const call = openCall(options, [], observation);
    for await (const reply of everyReply(call)) {
      if (call.signal?.aborted) {
        const message = `${adapter}: the list was aborted`;
        throw new AbortedError({ adapter, message, outcome: "not-sent", retryable: false });
      }
      yield redactData(vendor.normalize(reply), call.known);
    }
  }

  return {
    adapter,
    capabilities,
    parseId,

    explain(id, value) {
      const { update, native, id: checkedId } = check(id, value);
      const needed = vendor.current?.needed(update) === true;
      const current = needed ? vendor.current?.unread : undefined;
      const { requests } = vendor.translate({ id: checkedId, update, native, current });
      const item = () => base + readPath(checkedId).text;
      const shown: RequestPreview[] = needed ? [{ method: "GET", path: item() }] : [];
      for (const request of requests) preview(request, methods, base, item, shown);
      return shown;
    },

    get(id, options = {}) {
      return perform(parts, { name: "get", id, options }, async (observation) => {
        return (await read(parseId(id), openCall(options, [], observation))).provider;
      });
    },

    list(options = {}) {
      return performEach(parts, { name: "list", options }, (observation) => everyProvider(options, observation));
    },

    update(id, value, options = {}) {
      return perform(parts, { name: "update", id, options }, async (observation): Promise<UpdateResult<Id>> => {
        const checked = check(id, value);
        const call = openCall(options, secretsIn(checked.update), observation);
        const current = await currentOf(checked.id, checked.update, call);
        const translation = vendor.translate({ ...checked, current });
        const provider = await writeAll(checked.id, translation, checked.update, call);
        return { provider, notes: translation.notes };
      });
    },

    ...creating(parts, capabilities),
    ...removing(parts, capabilities),
    ...sharing(parts, capabilities),
  };
}

/** Adds to `shown` what a request may be sent as. */
function preview(
  request: WriteRequest,
  choice: MethodChoice,
  base: string,
  item: () => string,
  shown: RequestPreview[],
): void {
  const path = base + request.path.text;
  const { fields, headers } = request;
  const written = { body: previewBody(request.body), ...(headers === undefined ? {} : { headers }), fields };
  let before: string | undefined;
  for (const method of choice.remaining(request.methods)) {
    if (before === undefined) shown.push({ method, path, ...written });
    else {
      const when = `${before} is answered 405, or 404 though the provider can be read`;
      shown.push(
        { method: "GET", path: item(), when: `${before} is answered 404` },
        { method, path, ...written, when },
      );
    }
    before = method;
  }
}

const fieldsOf = (part: readonly WriteRequest[]) => part.flatMap(({ fields }) => fields);

function partial(
  adapter: string,
  requests: readonly WriteRequest[],
  failedAt: number,
  error: GatewayError,
): PartialUpdateError {
  return new PartialUpdateError(
    adapter,
    fieldsOf(requests.slice(0, failedAt)),
    fieldsOf(requests.slice(failedAt)),
    error,
  );
}
