import { checkCase, conformanceCases } from "../../src/testing/conformance/check-adapter.ts";
import { fixture as cobaltFixture } from "../foreign/cobalt/fixture.ts";
import { allowLoopback } from "../support/loopback.ts";
import { acmeFixture } from "./acme/fixture.ts";
import { cobaltMutants } from "./cobalt-mutants.ts";
import { mutants as acmeMutants } from "./mutants.ts";

allowLoopback();

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

it("are at least thirty, each with a name of its own", () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(mutants.length).toBeGreaterThanOrEqual(30);
});
