import type { Capabilities, FieldCapability } from "../../contract/capabilities.ts";
import { credentialSchemes } from "../../contract/credential.ts";
import type { AnyAdapter, ProviderId } from "../../contract/gateway.ts";
import { type Field, updateFields } from "../../contract/update.ts";
import type { ConformanceCase, Level } from "./case.ts";
import type { AdapterFixture, CreationFixture, WriteFixture } from "./fixture.ts";

/** What is tested, and against what. */
export interface Subject {
  readonly adapter: AnyAdapter;
  readonly fixture: AdapterFixture;
  readonly capabilities: Capabilities;
}

/** An address that nothing is sent to: for what is asked of an adapter before it works. */
export const NOWHERE = { url: "http://127.0.0.1:9", token: "user:token" };

/** What an adapter declares, as it is. */
export const declaredBy = (adapter: AnyAdapter, fixture: AdapterFixture): Capabilities =>
  adapter.capabilities(fixture.settings(NOWHERE));

/** The subject of all cases. What the adapter forgets to declare is taken for unsupported here; a case of its own tells it. */
export function subjectOf(adapter: AnyAdapter, fixture: AdapterFixture): Subject {
  const declared = declaredBy(adapter, fixture);
  const missing: FieldCapability = { set: false, clear: false, read: "no", mode: "patch" };
  const fields = Object.fromEntries(updateFields.map((field) => [field, declared.fields[field] ?? missing]));
  return { adapter, fixture, capabilities: { ...declared, fields: { ...declared.fields, ...fields } } };
}

/** A write that the fixture tells of, and its name. */
export interface NamedWrite {
  readonly title: string;
  readonly field: Field;
  readonly kind: "set" | "clear";
  readonly write: WriteFixture;
  readonly source: string;
}

/** Every write of the fixture by itself: fields set and cleared, and the schemes that no field's sample has. */
export function writesOf({ fixture }: Subject): readonly NamedWrite[] {
  const fields = updateFields.flatMap((field): NamedWrite[] => {
    const given = fixture.fields[field];
    if (given === undefined) return [];
    const named = (kind: "set" | "clear", write: WriteFixture): NamedWrite => {
      const source = `fields.${field}.${kind} of the fixture, after ${write.source ?? fixture.source}`;
      return { title: `${field}: ${kind}`, field, kind, write, source };
    };
    return [named("set", given.set), ...(given.clear === undefined ? [] : [named("clear", given.clear)])];
  });
  return [...fields, ...schemesOf(fixture)];
}

function schemesOf(fixture: AdapterFixture): readonly NamedWrite[] {
  return credentialSchemes.flatMap((scheme): NamedWrite[] => {
    const write = fixture.schemes[scheme];
    if (write === undefined) return [];
    const source = `schemes.${scheme} of the fixture, after ${write.source ?? fixture.source}`;
    return [{ title: `credential, scheme ${scheme}: set`, field: "credential", kind: "set", write, source }];
  });
}

/** The object that a write is made to. */
export const targetOf = ({ fixture }: Subject, { id }: WriteFixture): ProviderId => id ?? fixture.objects[0].id;

/** A case of a level, that is run unless there is a reason not to. */
export function caseOf(level: Level, title: string, run: () => Promise<void>, skipped?: string): ConformanceCase {
  return { level, title, run, ...(skipped === undefined ? {} : { skipped }) };
}

/** A creation that the fixture tells of, and its name. */
export interface NamedCreation {
  readonly title: string;
  readonly sample: CreationFixture;
  readonly source: string;
}

/** Every creation of the fixture. */
export function creationsOf({ fixture }: Subject): readonly NamedCreation[] {
  return (fixture.creations ?? []).map((sample, index) => ({
    title: `creation ${index + 1} of the fixture`,
    sample,
    source: `creations[${index}] of the fixture, after ${sample.source ?? fixture.source}`,
  }));
}

/** Why what is about creations does not apply. What is declared and not told of is a failure of its own. */
export function withoutCreation({ capabilities, fixture }: Subject): string | undefined {
  if (capabilities.creation === undefined) return "no creation is declared";
  return fixture.creations === undefined ? "the fixture tells of no creation" : undefined;
}
