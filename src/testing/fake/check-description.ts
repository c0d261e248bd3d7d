import type { FakeDescription, FakeList, FakeMember, FakePath, FakeWrite } from "./description.ts";
import { idProblem } from "./fake-id.ts";
import { takenBy, valueProblem } from "./fake-object.ts";

/**
 * Refuses a description that contradicts itself: a fake that plays something else than was meant would prove nothing.
 * @throws TypeError with everything that is wrong
 */
export function checkDescription(description: FakeDescription): void {
  const { members, id, get, list, others = [], writes, removal, rateLimit, staleReads = 0, objects } = description;
  const problems = [
    ...(Object.hasOwn(members, id.member) ? [`members: ${id.member} is the id already`] : []),
    ...Object.entries(members).flatMap(([name, member]) => prefixed(`members.${name}`, memberProblems(member))),
    ...shownTwice(description),
    ...(get === undefined ? [] : prefixed("get", pathProblems(get, true))),
    ...prefixed("list", listProblems(list)),
    ...others.flatMap((other, index) => prefixed(`others[${index}]`, listProblems(other))),
    ...creationProblems(description),
    ...(removal === undefined ? [] : prefixed("removal", pathProblems(removal, true))),
    ...writes.flatMap((write, index) => prefixed(`writes[${index}]`, writeProblems(description, write))),
    ...routedTwice(description),
    ...(rateLimit === undefined || (isCount(rateLimit.requests) && isCount(rateLimit.perMs))
      ? []
      : ["rateLimit: both numbers must be whole and at least 1"]),
    ...(staleReads === 0 || isCount(staleReads) ? [] : ["staleReads: must be a whole number, at least 0"]),
    ...objects.flatMap((object, index) => prefixed(`objects[${index}]`, objectProblems(description, object))),
  ];
  if (problems.length > 0) throw new TypeError(`the fake's description contradicts itself: ${problems.join("; ")}`);
}

const prefixed = (place: string, problems: readonly string[]) => problems.map((problem) => `${place}: ${problem}`);

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;

function memberProblems(member: FakeMember): string[] {
  const { type, shown, parts, minimum = 0, maximum = Number.POSITIVE_INFINITY, required, omitted, stamp } = member;
  const problem = (holds: boolean, text: string) => (holds ? [text] : []);
  const isKept = member.from === "server" || stamp !== undefined;
  const defaultProblem = member.default === undefined ? undefined : valueProblem(member, member.default);
  return [
    ...problem(typeof shown === "object" && "mask" in shown && type !== "text", "only a text can be masked"),
    ...problem(parts !== undefined && type !== "object", "only an object has parts"),
    ...problem(minimum > maximum, "its minimum is over its maximum"),
    ...problem(required === true && isKept, "no write takes it, so none can require it"),
    ...problem(required === true && omitted !== undefined, "it is required, so it is never left out"),
    ...problem(stamp === "revision" && type !== "integer", "a revision is an integer"),
    ...problem(stamp !== undefined && stamp !== "revision" && type !== "text", "a time is a text"),
    ...(defaultProblem === undefined ? [] : [`its default ${defaultProblem}`]),
  ];
}

/** Names under which a reply would show two members. */
function shownTwice({ members, id }: FakeDescription): string[] {
  const names = Object.entries(members).flatMap(([name, { shown }]) => {
    if (shown === "never") return [];
    return [typeof shown === "object" ? (shown.as ?? name) : name];
  });
  const all = id.shown === false ? names : [id.member, ...names];
  const twice = all.filter((name, index) => all.indexOf(name) !== index && !Object.hasOwn(members, id.member));
  return twice.map((name) => `members: a reply would show two of them as ${name}`);
}

function pathProblems({ path }: FakePath, hasId: boolean): string[] {
  const start = path.startsWith("/") ? [] : ["its path must start with a slash"];
  if (path.includes("{id}") === hasId) return start;
  return [...start, hasId ? "its path must have {id}" : "its path must not have {id}"];
}

function listProblems(list: FakeList): string[] {
  const { items, paging, query = [] } = list;
  if (paging === undefined) return pathProblems(list, false);
  return [
    ...pathProblems(list, false),
    ...(items === undefined ? ["a list that is the reply itself has no pages"] : []),
    ...(isCount(paging.size) ? [] : ["a page must have at least one entry"]),
    ...(query.includes(paging.parameter) ? [`${paging.parameter} is the parameter of the paging already`] : []),
  ];
}

function writeProblems(description: FakeDescription, write: FakeWrite): string[] {
  const { path, idIn, takes = [], precondition, method } = write;
  const taken = takenBy(description, write);
  const isKnown = precondition === undefined || Object.hasOwn(description.members, precondition.member);
  return [
    ...(path.includes("{id}") === (idIn === undefined)
      ? []
      : ["the id must be in the path or in the body, not in both"]),
    ...pathProblems(write, path.includes("{id}")),
    ...(method === "GET" ? ["GET changes nothing"] : []),
    ...takes.filter((name) => !taken.has(name)).map((name) => `it takes ${name}, which no write may set`),
    ...(idIn !== undefined && taken.has(idIn) ? [`${idIn} is the id, and a member as well`] : []),
    ...(isKnown ? [] : [`its precondition asks for ${precondition?.member}, which is not described`]),
  ];
}

function creationProblems(description: FakeDescription): string[] {
  const { creation } = description;
  if (creation === undefined) return [];
  const { takes = [], requires = [], id: chosenBy } = creation;
  const write: FakeWrite = { method: "POST", path: creation.path, mode: "merge" };
  const writable = takenBy(description, write);
  const taken = takenBy(description, creation.takes === undefined ? write : { ...write, takes });
  return prefixed("creation", [
    ...pathProblems(creation, false),
    ...takes.filter((name) => !writable.has(name)).map((name) => `it takes ${name}, which no write may set`),
    ...requires.filter((name) => !taken.has(name)).map((name) => `it requires ${name}, which it does not take`),
    ...(chosenBy === "server" && creation.existing !== undefined
      ? ["an id that the server chooses is never there already"]
      : []),
  ]);
}

/** Requests for which there would be two answers. */
function routedTwice({ get, list, others = [], writes, creation, removal }: FakeDescription): string[] {
  const reads = [list, ...others, ...(get === undefined ? [] : [get])].map(({ path }) => `GET ${path}`);
  const all = [
    ...reads,
    ...(creation === undefined ? [] : [`POST ${creation.path}`]),
    ...(removal === undefined ? [] : [`DELETE ${removal.path}`]),
    ...writes.map(({ method, path }) => `${method} ${path}`),
  ];
  const twice = all.filter((route, index) => all.indexOf(route) !== index);
  return twice.map((route) => `there are two routes for ${route}`);
}

function objectProblems({ members, id }: FakeDescription, object: Readonly<Record<string, unknown>>): string[] {
  const { [id.member]: given, ...others } = object;
  const wrongId = idProblem(id.kind, given);
  const wrong = Object.entries(others).flatMap(([name, value]) => {
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    if (member === undefined) return [`${name} is not described`];
    const problem = value === null ? undefined : valueProblem(member, value);
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
  return [...(wrongId === undefined ? [] : [`${id.member} ${wrongId}`]), ...wrong];
}
