import { respan } from "../../adapters/respan/index.ts";
import { testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { ofRespan, respanFixture } from "./respan-fixture.ts";

allowLoopback();

describe("by the text id of the newest pages, whose replies hold extra_kwargs", () => {
  testAdapter(
    respan,
    respanFixture(ofRespan, {
      settings: { identifier: "provider_id" },
      switches: { identifier: "provider_id", returnsExtraKwargs: true },
      source: "https://www.respan.ai/docs/apis/models/update-custom-provider",
    }),
  );
});
