import type { AnyAdapter } from "../../contract/gateway.ts";
import { calls } from "./calls.ts";
import type { ConformanceCase, Level } from "./case.ts";
import { creates } from "./creates.ts";
import { creationFails } from "./creation-fails.ts";
import { creationRefusals } from "./creation-refusals.ts";
import { declares } from "./declares.ts";
import { endures } from "./endures.ts";
import { fails } from "./fails.ts";
import type { AdapterFixture } from "./fixture.ts";
import { plans } from "./plans.ts";
import { reads } from "./reads.ts";
import { refusals } from "./refusals.ts";
import { removes } from "./removes.ts";
import { secrets } from "./secrets.ts";
import { subjectOf } from "./subject.ts";
import { usedBy } from "./used-by.ts";
import { writes } from "./writes.ts";

/**
 * Every case that follows from what an adapter declares. What does not apply is there too, with its reason: an adapter cannot
 * switch a case off.
 */
export function conformanceCases(adapter: AnyAdapter, fixture: AdapterFixture): readonly ConformanceCase[] {
  const subject = subjectOf(adapter, fixture);
  const updates = [declares, reads, writes, refusals, fails, endures, calls, secrets, plans];
  const more = [creates, creationRefusals, creationFails, removes, usedBy];
  return [...updates, ...more].flatMap((part) => part(subject));
}

/** What became of one case. */
export interface CheckedCase {
  /** Where it stands in the kit. */
  readonly level: Level;
  /** What must hold. */
  readonly title: string;
  /** `skipped`: it does not apply, by what the adapter declares. */
  readonly status: "passed" | "failed" | "skipped";
  /** Why it failed, or was skipped. */
  readonly reason?: string;
}

/** Runs every case, one after the other, without any test runner. */
export async function checkAdapter(adapter: AnyAdapter, fixture: AdapterFixture): Promise<readonly CheckedCase[]> {
  const checked: CheckedCase[] = [];
  for (const each of conformanceCases(adapter, fixture)) checked.push(await checkCase(each));
  return checked;
}

/** Runs one case. */
export async function checkCase({ level, title, skipped, run }: ConformanceCase): Promise<CheckedCase> {
  if (skipped !== undefined) return { level, title, status: "skipped", reason: skipped };
  try {
    await run();
    return { level, title, status: "passed" };
  } catch (error) {
    return { level, title, status: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}
