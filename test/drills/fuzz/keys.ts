import { API_KEY, KEY_NAME } from '../../processes/vesper-process';

/** By scope. */
export const FUZZ_KEYS = {
  admin: 'fuzz-admin-key-aaaaaaaaaaaaaaaaaa',
  service: 'fuzz-service-key-aaaaaaaaaaaaaaaa',
  reader: 'fuzz-reader-key-aaaaaaaaaaaaaaaaa',
  board: 'fuzz-board-key-aaaaaaaaaaaaaaaaaa',
} as const;

/** For API_KEYS. */
export function apiKeys(): string {
  const { admin, service, reader, board } = FUZZ_KEYS;
  return [
    ...[`admin:${admin}:admin`, `service:${service}`, `reader:${reader}:read`, `board:${board}:board`],
    `${KEY_NAME}:${API_KEY}:schedulers+board+read+admin`,
  ].join(',');
}
