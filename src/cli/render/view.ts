import type { ErrorPlaces } from "./places.ts";

/** How much of a report is shown, and where. */
export interface View {
  /** Columns of the terminal; undefined where lines may be as long as they are. */
  readonly width?: number | undefined;
  /** Where things stand in the config. */
  readonly places?: ErrorPlaces;
  /** Without the table of the gateways, without advice, and of an apply only what did not end well. */
  readonly isBrief?: boolean;
}
