import {
  AbortedError,
  type AnyAdapter,
  type Call,
  CONTRACT_VERSION,
  type Gateway,
  InvalidInputError,
  InvalidResponseError,
  isGatewayError,
  isSecret,
  type ListedProvider,
  PartialUpdateError,
  type ProviderCreation,
  type ProviderId,
  type ProviderState,
  type ProviderUpdate,
  type Secret,
  type UsingProvider,
} from "../../../src/index.ts";
import { previewBody, renderBody, secretsIn } from "../../../src/kit/body.ts";
import { checkCreation } from "../../../src/kit/check-creation.ts";
import { checkUpdate } from "../../../src/kit/check-update.ts";
import { systemClock } from "../../../src/kit/clock.ts";
import { worse } from "../../../src/kit/failure.ts";
import { redactData } from "../../../src/kit/scrub.ts";
import { type CommonSettings, parseSettings, tokenProblem } from "../../../src/kit/settings.ts";
import { type AcmeReply, type AcmeRequest, NAME, type Parts, parseJson, route } from "./parts.ts";

/** Makes an adapter of the parts. */
export function acmeAdapter(parts: Parts): AnyAdapter {
  return {
    name: NAME,
    contractVersion: CONTRACT_VERSION,
    hosts: ["api.acme.test"],
    settings: parts.settings,
    native: parts.native,
    capabilities: parts.capabilities,
    open: (settings) => new AcmeGateway(parts, parseSettings(NAME, parts.settings, settings)),
  };
}

interface Sending {
  readonly signal: AbortSignal | undefined;
  readonly secrets: Secret[];
  readonly isWrite: boolean;
}

const refuse = (path: string, message: string) => new InvalidInputError(NAME, [{ path, message }]);

class AcmeGateway implements Gateway<ProviderId> {
  readonly adapter = NAME;
  readonly capabilities;
  readonly #parts: Parts;
  readonly #settings: CommonSettings;

  constructor(parts: Parts, settings: CommonSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.capabilities = parts.capabilities();
  }

  parseId(value: unknown): number {
    const id = this.#parts.parseId(value);
    if (id === undefined) throw refuse("id", "expected a positive integer");
    return id;
  }

  explain(id: ProviderId, value: ProviderUpdate) {
    const { requests } = this.#checked(id, value);
    const base = new URL(this.#base).pathname.replace(/\/$/, "");
    return requests.map(({ method, path, body, fields }) => {
      return { method, path: base + path, body: previewBody(body), fields };
    });
  }

  async get(id: ProviderId, { signal, secrets = [] }: Call = {}): Promise<ProviderState<number>> {
    const key = this.parseId(id);
    const request = { method: "GET", path: this.#parts.itemPath(key), repeat: "safe" as const };
    const sending: Sending = { signal, secrets: [...secrets], isWrite: false };
    return this.#accept(key, await this.#send(request, sending), sending);
  }

  async *list({ signal, secrets = [] }: Call = {}): AsyncGenerator<ListedProvider<number>> {
    const sending: Sending = { signal, secrets: [...secrets], isWrite: false };
    for (let query: string | undefined = ""; query !== undefined; ) {
      const path = query === "" ? "/keys/" : `/keys/?${query}`;
      const page = parseJson(await this.#send({ method: "GET", path, repeat: "safe" }, sending));
      if (!isPage(page)) throw this.#unusable(sending);
      for (const entry of page.results) {
        const raw = this.#parts.parseReply(JSON.stringify(entry));
        if (raw === undefined) throw this.#unusable(sending);
        yield redactData(this.#parts.normalize(raw), sending.secrets);
      }
      query = this.#parts.nextQuery(page);
    }
  }

  async update(id: ProviderId, value: ProviderUpdate, { signal, secrets = [] }: Call = {}) {
    const { key, update, requests } = this.#checked(id, value);
    const sending: Sending = { signal, secrets: [...secrets, ...secretsIn(update)], isWrite: true };
    let provider: ProviderState<number> | undefined;
    for (const [index, request] of requests.entries()) {
      try {
        provider = this.#accept(key, await this.#send(request, sending), sending);
      } catch (error) {
        if (index === 0 || !isGatewayError(error)) throw error;
        const fieldsOf = (some: readonly AcmeRequest[]) => some.flatMap(({ fields }) => fields);
        throw new PartialUpdateError(NAME, fieldsOf(requests.slice(0, index)), fieldsOf(requests.slice(index)), error);
      }
    }
    if (provider === undefined) throw new Error("an update of no request");
    return { provider, notes: [] };
  }

  explainCreation(value: ProviderCreation) {
    const { method, path, body } = this.#parts.creation(this.#checkedCreation(value));
    return [{ method, path: new URL(this.#base).pathname.replace(/\/$/, "") + path, body: previewBody(body) }];
  }

  async create(value: ProviderCreation, { signal, secrets = [] }: Call = {}) {
    const update = this.#checkedCreation(value);
    const sending: Sending = { signal, secrets: [...secrets, ...secretsIn(update)], isWrite: true };
    const raw = this.#parts.parseReply(await this.#send(this.#parts.creation(update), sending));
    if (raw === undefined) throw this.#unusable(sending);
    return { provider: { ...redactData(this.#parts.normalize(raw), sending.secrets), id: raw.id }, notes: [] };
  }

  async remove(id: ProviderId, { signal, secrets = [] }: Call = {}): Promise<void> {
    const path = this.#parts.itemPath(this.parseId(id));
    const sending: Sending = { signal, secrets: [...secrets], isWrite: true };
    try {
      await this.#send({ method: "DELETE", path, repeat: "safe" }, sending);
    } catch (error) {
      if (!isGatewayError(error) || !this.#parts.isRemoved(error)) throw error;
    }
  }

  async usedBy(id: ProviderId, { signal, secrets = [] }: Call = {}): Promise<readonly UsingProvider[]> {
    const key = this.parseId(id);
    const sending: Sending = { signal, secrets: [...secrets], isWrite: false };
    const users: UsingProvider[] = [];
    for (let query: string | undefined = ""; query !== undefined; ) {
      const path = query === "" ? "/routes/" : `/routes/?${query}`;
      const page = parseJson(await this.#send({ method: "GET", path, repeat: "safe" }, sending));
      const routes = route.array().safeParse(isPage(page) ? page.results : undefined);
      if (!isPage(page) || !routes.success) throw this.#unusable(sending);
      const using = routes.data.filter((each) => this.#parts.uses(each, key));
      users.push(...using.map(({ id: routeId, title }) => ({ id: routeId, name: title })));
      query = this.#parts.nextQuery(page);
    }
    return redactData(users, sending.secrets);
  }

  get #base(): string {
    return (this.#settings.baseUrl ?? "https://api.acme.test/api/v2").replace(/\/+$/, "");
  }

  #checked(id: ProviderId, value: ProviderUpdate) {
    const key = this.#parts.parseId(id);
    const issues = key === undefined ? [{ path: "id", message: "expected a positive integer" }] : [];
    const rules = { adapter: NAME, capabilities: this.capabilities, native: this.#parts.native, conditions: () => [] };
    const { update } = checkUpdate(rules, this.#parts.given(value), issues);
    const item = this.#parts.itemPath(key ?? 0);
    return { key: key ?? 0, update, requests: this.#parts.requests(item, update, this.#parts.body(update)) };
  }

  #checkedCreation(value: unknown): ProviderUpdate {
    const { creation = { requires: [], takes: [] } } = this.capabilities;
    const { capabilities } = this;
    const rules = { adapter: NAME, capabilities, creation, native: this.#parts.native, conditions: () => [] };
    return checkCreation(rules, this.#parts.givenCreation(value)).update;
  }

  #unusable({ isWrite }: Sending): InvalidResponseError {
    const message = `${NAME}: the reply cannot be used`;
    return new InvalidResponseError({
      adapter: NAME,
      message,
      outcome: isWrite ? "unknown" : "not-sent",
      retryable: false,
    });
  }

  #accept(id: number, text: string, sending: Sending): ProviderState<number> {
    const raw: AcmeReply | undefined = this.#parts.parseReply(text);
    if (raw === undefined || !this.#parts.isAbout(raw, id)) throw this.#unusable(sending);
    return { ...redactData(this.#parts.normalize(raw), sending.secrets), id };
  }

  async #token(): Promise<Secret> {
    const { token } = this.#settings;
    if (isSecret(token)) return token;
    const given: unknown = await Promise.resolve()
      .then(token)
      .catch(() => {
        throw refuse("token", "the token function failed");
      });
    if (!isSecret(given) || tokenProblem(given) !== undefined)
      throw refuse("token", "the token function gave no token");
    return given;
  }

  async #send(
    request: Pick<AcmeRequest, "method" | "path" | "repeat"> & { body?: AcmeRequest["body"] },
    sending: Sending,
  ) {
    const { signal, isWrite, secrets } = sending;
    const { attempts = 2, budgetMs = 90_000 } = this.#settings.retry ?? {};
    const label = `${NAME}: ${request.method} ${request.path}`;
    const aborted = (outcome: "not-sent" | "not-applied" | "unknown") =>
      new AbortedError({ adapter: NAME, message: `${label} was aborted`, outcome, retryable: false });
    if (signal?.aborted) throw aborted("not-sent");
    const token = await this.#token();
    secrets.push(token);
    const base = new URL(this.#base);
    const outgoing = {
      method: request.method,
      origin: base.origin,
      path: base.pathname.replace(/\/$/, "") + request.path,
      headers: {
        authorization: `Bearer ${token.reveal()}`,
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(request.body === undefined ? {} : { body: renderBody(request.body) }),
    };
    const patience = { timeoutMs: this.#settings.timeoutMs ?? 30_000, signal };
    let outcome: "not-sent" | "not-applied" | "unknown" | "partial" = "not-sent";
    const begun = Date.now();
    for (let tries = 1; ; tries++) {
      const incoming = await this.#parts.send(outgoing, patience);
      if (incoming.kind === "reply" && this.#parts.isSuccess(incoming.status)) return incoming.text;
      const isKnown = outcome !== "unknown";
      if (isWrite) outcome = worse(outcome, this.#parts.outcomeOf(incoming));
      const retryable = this.#parts.mayRepeat(incoming, request, isKnown);
      const wait = this.#parts.statedWaitMs(incoming) ?? 50;
      const isOver = tries > attempts || !this.#parts.isInBudget(Date.now() - begun + wait, budgetMs);
      if (!retryable || isOver) throw this.#parts.errorOf({ incoming, label, outcome, retryable, secrets });
      if (!(await systemClock.sleep(wait, signal))) throw aborted(outcome === "partial" ? "unknown" : outcome);
    }
  }
}

function isPage(value: unknown): value is { results: unknown[]; next?: string | null } {
  return typeof value === "object" && value !== null && "results" in value && Array.isArray(value.results);
}
