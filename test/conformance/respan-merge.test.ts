import { respan } from "../../adapters/respan/index.ts";
import { testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { ofRespan, respanFixture } from "./respan-fixture.ts";

allowLoopback();

// None of it is documented: the adapter reads either form.
describe("where a write merges extra_kwargs, replies mask what may be secret, and the list has pages", () => {
  testAdapter(
    respan,
    respanFixture(ofRespan, {
      settings: { extraKwargs: "merge" },
      switches: {
        extraKwargs: "merge",
        returnsExtraKwargs: true,
        secretKwargs: "masked",
        list: "envelope",
        pageSize: 2,
      },
    }),
  );
});
