/** Whether the environment names a proxy for such URLs. NO_PROXY may still exempt a host. */
export function isProxyNamed({ protocol }: URL): boolean {
  const names = [protocol.replace(":", "_proxy"), "all_proxy"];
  return names.some((name) => process.env[name] || process.env[name.toUpperCase()]);
}
