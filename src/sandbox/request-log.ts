/** One request as it reached a gateway. It holds whatever was sent, keys and token included. */
export interface RecordedRequest<Name extends string = string> {
  readonly gateway: Name;
  readonly method: string;
  /** With the query, exactly as sent. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, or the text if it is none; absent when no body was sent. */
  readonly body?: unknown;
  /** Absent while unanswered, and for good when the connection was destroyed instead. */
  readonly status?: number;
}

/** A request whose body and status are still to come. */
export type OpenRecord<Name extends string = string> = {
  -readonly [Field in keyof RecordedRequest<Name>]: RecordedRequest<Name>[Field];
};

export function readableBody(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
