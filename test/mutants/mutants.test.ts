import { checkAdapter, checkCase, conformanceCases } from "../../src/testing/conformance/check-adapter.ts";
import { fixture as cobaltFixture } from "../foreign/cobalt/fixture.ts";
import { allowLoopback } from "../support/loopback.ts";
import { acmeFixture } from "./acme/fixture.ts";
import { cobaltMutants } from "./cobalt-mutants.ts";
import { lifetimeMutants } from "./lifetime-mutants.ts";
import { mutants as updateMutants } from "./mutants.ts";

allowLoopback();

const acmeMutants = [...updateMutants, ...lifetimeMutants];
const mutants = [
  ...acmeMutants.map((mutant) => ({ ...mutant, fixture: acmeFixture })),
  ...cobaltMutants.map((mutant) => ({ ...mutant, fixture: cobaltFixture })),
];

let caught = 0;
// `npm run test:mutants` asks for the count; among all other suites it would only be noise.
afterAll(() => {
  if (process.env.GATEFOLD_MUTANTS !== undefined)
    process.stdout.write(`caught ${caught} of ${mutants.length} mutants\n`);
});

it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
  "an adapter that %s does not pass",
  async (_name, { adapter, fixture, caughtBy, says }) => {
    const found = conformanceCases(adapter(), fixture).filter(({ title }) => title === caughtBy);
    expect(found).toHaveLength(1);
    const [result] = await Promise.all(found.map(checkCase));
    expect(result?.status).toBe("failed");
    expect(result?.reason).toContain(says);
    caught += 1;
  },
);

it("is told without a test runner, too: each case with its level, and why it failed or was skipped", async () => {
  const [wrong] = acmeMutants;
  if (wrong === undefined) throw new Error("there is no mutant");
  const checked = await checkAdapter(wrong.adapter(), acmeFixture);
  const of = (title: string) => checked.find((each) => each.title === title);
  expect(of(wrong.caughtBy)).toEqual({
    level: "3. writes",
    title: wrong.caughtBy,
    status: "failed",
    reason: expect.stringMatching(wrong.says),
  });
  expect(of("name: set")).toEqual({ level: "3. writes", title: "name: set", status: "passed" });
  expect(of("a write on top of somebody else's is ConflictError")).toMatchObject({
    status: "skipped",
    reason: "the last write wins: no conflict is declared",
  });
  expect(checked.map(({ title }) => title)).toEqual(
    conformanceCases(wrong.adapter(), acmeFixture).map(({ title }) => title),
  );
});

it("are at least thirty, each with a name of its own", () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(mutants.length).toBeGreaterThanOrEqual(30);
});
