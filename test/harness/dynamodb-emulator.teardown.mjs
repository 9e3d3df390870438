export default async function teardown() {
  globalThis.dynamodbEmulator?.kill('SIGKILL');
}
