import { keywordsai } from "../../adapters/respan/index.ts";
import { testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { ofKeywordsAi, respanFixture } from "./respan-fixture.ts";

allowLoopback();

testAdapter(keywordsai, respanFixture(ofKeywordsAi));
