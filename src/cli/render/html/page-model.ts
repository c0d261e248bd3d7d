/** Which colour and weight a status has; its words never depend on that. */
export type Tone = "calm" | "open" | "attention" | "good" | "bad";

/** One line of a difference: `-` goes, `+` comes, a blank stays. */
export interface DiffLine {
  readonly sign: "-" | "+" | " ";
  readonly text: string;
}

/** One field of a binding. */
export interface PageField {
  readonly name: string;
  /** Such as `drift(hint), will be written`. */
  readonly verdict: string;
  /** What that rests on, as a sentence; absent where there is nothing to judge, or the gateway shows it. */
  readonly evidence?: string;
  /** Empty where the field is as desired. */
  readonly lines: readonly DiffLine[];
}

/** When something was sent or said last, and by whom. */
export interface Deed {
  readonly kind: "written" | "created" | "adopted";
  /** In ISO 8601. */
  readonly at: string;
  /** Such as `12 days ago`. */
  readonly ago: string;
  readonly fields: readonly string[];
  readonly run: string;
  /** Such as `alice at build-7, gatefold apply`; absent where the journal does not say. */
  readonly by?: string;
  readonly reason?: string;
}

/** One binding, or one object without one. */
export interface PageRow {
  readonly provider: string;
  readonly gateway: string;
  readonly adapter: string;
  readonly id: string;
  readonly status: PageStatus;
  /** It is refused: blocked, failed, or part of what goes beyond a limit. */
  readonly isRefused: boolean;
  /** The gateway's redacted form of the key. */
  readonly hint?: string;
  /** For a cell of the matrix: `12 days`. Absent where the binding has no key. */
  readonly shortAge?: string;
  /** The same as a sentence. */
  readonly age?: string;
  readonly deed?: Deed;
  readonly fields: readonly PageField[];
  readonly remarks: readonly string[];
  /** There is something to say of it: it stands in the list of changes. */
  readonly isListed: boolean;
}

/** A status as it shows: never by colour alone. */
export interface PageStatus {
  /** Names it in a filter: lower case letters and hyphens. */
  readonly key: string;
  readonly sign: string;
  readonly words: string;
  readonly tone: Tone;
}

/** A provider and its tags. */
export interface PageProvider {
  readonly name: string;
  readonly tags: readonly string[];
}

/** Everything that a page shows. */
export interface Page {
  /** Such as `gatefold plan`. */
  readonly title: string;
  /** In ISO 8601: ages count from here. */
  readonly at: string;
  /** The files and the scope that it is about. */
  readonly about: readonly string[];
  /** What matters most, in one line. */
  readonly headline: string;
  /** Above everything: what was refused, or went wrong as a whole. */
  readonly alerts: readonly string[];
  /** What a reader should know besides. */
  readonly notes: readonly string[];
  readonly listTitle: string;
  readonly providers: readonly PageProvider[];
  readonly gateways: readonly string[];
  /** In the order of the config. */
  readonly rows: readonly PageRow[];
}
