/** The name closest to a mistyped one, when it is close enough to be meant: at most a third of its letters differ. */
export function nearestName(typed: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor(Math.max(typed.length, 3) / 3) + 1;
  for (const name of names) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** `; did you mean X?`, or nothing. */
export function suggestion(typed: string, names: Iterable<string>): string {
  const name = nearestName(typed, names);
  return name === undefined ? "" : `; did you mean ${name}?`;
}

/** A message, and apart from it the suggestion that it ends with. */
export function apartFromSuggestion(message: string): { readonly message: string; readonly advice?: string } {
  const [, before, advice] = /^(.*); (did you mean .+\?)$/s.exec(message) ?? [];
  return before === undefined || advice === undefined ? { message } : { message: before, advice };
}

// Optimal string alignment: a swapped pair of letters is one edit.
function editDistance(from: string, to: string): number {
  if (Math.max(from.length, to.length) > 64) return Number.POSITIVE_INFINITY;
  const rows = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= from.length; row++) {
    rows.push([row]);
    for (let column = 1; column <= to.length; column++) {
      const isEqual = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column - 1) + (isEqual ? 0 : 1),
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          row > 1 && column > 1 && isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(from.length, to.length);
}
