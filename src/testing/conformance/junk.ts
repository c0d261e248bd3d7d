import { isObject } from "../is-object.ts";

const MORE = { no_such_member: { nested: [1, "two", null] }, noSuchMember: "x" };

/**
 * A reply with members that nobody documented: in itself, and in the objects that it is an envelope of. What lies deeper may
 * be a map of the user's own, in which every member counts.
 */
export function withUnknownMembers(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(more);
  if (!isObject(reply)) return reply;
  const members = Object.entries(reply).map(([name, member]) => {
    if (Array.isArray(member) && member.every(isObject)) return [name, member.map(more)];
    return [name, name === "data" ? more(member) : member];
  });
  return { ...Object.fromEntries(members), ...MORE };
}

const more = (value: unknown) => (isObject(value) ? { ...value, ...MORE } : value);
