/** Items by the gateway they are about, in the order in which each gateway first appears. */
export function byGateway<Item extends { readonly gateway: string }>(
  items: readonly Item[],
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.gateway);
    if (group === undefined) groups.set(item.gateway, [item]);
    else group.push(item);
  }
  return groups;
}
