/**
 * Text of config/apps.json in which all apps have the same domains and are shown in the same channels.
 * @param channels names by id; none for apps that are shown nowhere
 */
export function appsFileOf(
  apps: readonly string[],
  domains: readonly string[],
  channels: Readonly<Record<string, string>> = {},
): string {
  const app = { domains, channels: Object.keys(channels) };
  return JSON.stringify({
    apps: Object.fromEntries(apps.map((name) => [name, app])),
    channels: Object.fromEntries(Object.entries(channels).map(([id, name]) => [id, { name }])),
  });
}
