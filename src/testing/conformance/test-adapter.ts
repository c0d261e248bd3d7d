import type { AnyAdapter } from "../../contract/gateway.ts";
import { LEVELS } from "./case.ts";
import { conformanceCases } from "./check-adapter.ts";
import type { AdapterFixture } from "./fixture.ts";

type Register = (title: string, work: () => void | Promise<void>) => unknown;

/** What a test runner gives: `describe`, `it` and its `skip`. jest, vitest and node:test all do. */
export interface TestRunner {
  readonly describe: Register;
  readonly it: Register & { readonly skip: Register };
}

/**
 * Registers every case of the conformance kit for an adapter, level by level. One line of a test file is enough:
 * `testAdapter(acme, fixture)` where `describe` and `it` are global, else `testAdapter(acme, fixture, { describe, it })`.
 */
export function testAdapter(adapter: AnyAdapter, fixture: AdapterFixture, runner: TestRunner = globalRunner()): void {
  const { describe, it } = runner;
  const cases = conformanceCases(adapter, fixture);
  describe(`the adapter ${adapter.name}`, () => {
    for (const level of LEVELS) {
      describe(level, () => {
        for (const { title, skipped, run } of cases.filter((each) => each.level === level)) {
          if (skipped === undefined) it(title, run);
          else it.skip(`${title} (${skipped})`, run);
        }
      });
    }
  });
}

function globalRunner(): TestRunner {
  const { describe, it } = globalThis as Partial<TestRunner>;
  if (describe !== undefined && it !== undefined) return { describe, it };
  throw new TypeError(
    "testAdapter: describe and it are not global here: give them as the third parameter, e.g. from node:test or vitest",
  );
}
