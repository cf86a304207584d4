/** Jest's globalTeardown, in the process of its globalSetup. */
export default async function tearDown(): Promise<void> {
  await globalThis.sitrepTestServer?.();
}
