import type { Capabilities } from "../../contract/capabilities.ts";
import type { CreationField, ProviderCreation } from "../../contract/creation.ts";
import type { Issue } from "../../contract/errors.ts";
import type { Gateway, ProviderId } from "../../contract/gateway.ts";
import { type Field, givenFields } from "../../contract/update.ts";
import type { Binding } from "./config.ts";
import { placeholder, withSecrets } from "./desired.ts";

type Written = Pick<Binding, "fields" | "directory" | "creation" | "gateway">;

/** Of a binding's fields those that a creation holds: what it takes, but for null, as what is new has nothing to clear. */
export function fieldsOfCreation({ fields }: Pick<Binding, "fields">, { creation }: Capabilities): Field[] {
  return givenFields(fields).filter((field) => fields[field] !== null && creation?.takes.includes(field) === true);
}

/**
 * What is wrong with a binding whose object is to be made, by what the adapter says of creations. Paths are within the binding.
 * @throws what the gateway refuses the creation with
 */
export function creationIssues(binding: Written, gateway: Gateway<ProviderId>): readonly Issue[] {
  const { capabilities, adapter } = gateway;
  const { creation } = capabilities;
  if (creation === undefined || gateway.explainCreation === undefined) {
    const message = `${adapter} makes no objects with these settings: make it at the gateway, and give its id`;
    return [{ path: "create", message }];
  }
  const issues = [
    ...missing(binding, creation.requires),
    ...refusedFixed(binding, creation.takes),
    ...neverWritten(binding, capabilities),
  ];
  if (issues.length > 0) return issues;
  const chosen = fieldsOfCreation(binding, capabilities);
  const fields = withSecrets(binding, chosen, (_reference, member) => placeholder(member));
  // The gateway judges it: what a config holds is not typed.
  gateway.explainCreation({ ...fields, ...binding.creation } as ProviderCreation);
  return [];
}

function missing({ fields, creation, gateway }: Written, requires: readonly CreationField[]): Issue[] {
  const isGiven = (field: CreationField) =>
    field === "slug" || field === "upstream"
      ? creation?.[field] !== undefined
      : Object.hasOwn(fields, field) && fields[field] !== null;
  return requires
    .filter((field) => !isGiven(field))
    .map((field) => ({ path: field, message: `is required to make it at ${gateway}: add ${field} to this binding` }));
}

function refusedFixed({ creation, gateway }: Written, takes: readonly CreationField[]): Issue[] {
  return (["slug", "upstream"] as const)
    .filter((name) => creation?.[name] !== undefined && !takes.includes(name))
    .map((name) => ({ path: name, message: `cannot be chosen at ${gateway}: take it out` }));
}

// What the creation does not take is written by an update after it, and that must take it.
function neverWritten({ fields }: Written, { fields: capabilities, creation }: Capabilities): Issue[] {
  return givenFields(fields)
    .filter((field) => !creation?.takes.includes(field) && !capabilities[field].set)
    .map((field) => ({ path: field, message: "cannot be written at this gateway" }));
}
