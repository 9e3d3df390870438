/** Fields that are never written, wherever a log call puts them: at the top, or within an object one level down. */
const SECRET_FIELDS = [
  'authorization',
  'x-api-key',
  'cookie',
  'api_key',
  'apiKey',
  'key_hash',
  'password',
  'secret',
  'signing_secret',
  'token',
  'access_token',
  'routing_key',
];

export const REDACTION = {
  paths: SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`]),
  censor: '[redacted]',
};
