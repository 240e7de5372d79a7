import { cdp } from 'vitest/browser';

/** Sends a command of the Chrome DevTools Protocol. Vitest leaves the type of the session to its provider. */
export async function sendToBrowser(
  method: string,
  parameters: Record<string, unknown>,
): Promise<void> {
  const session = cdp() as unknown as { send(method: string, parameters: object): Promise<void> };
  await session.send(method, parameters);
}
