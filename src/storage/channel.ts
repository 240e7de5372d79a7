import type { Pointer, TableName } from '../iceberg/ports.ts';

/** What one tab or worker tells all others. A hint to look again, never the truth itself. */
export type StorageMessage =
  /** `null`: the table was dropped. */
  | { type: 'pointer-moved'; table: TableName; pointer: Pointer | null }
  | { type: 'registered'; table: TableName; location: string }
  /** Files were dropped into a dataset or removed from it. */
  | { type: 'dataset-changed'; address: string }
  /** A race was saved or deleted. */
  | { type: 'races-changed' }
  /** Everything stored was deleted. */
  | { type: 'reset' };

const channelName = 'icejam';

/** Opened on the first announcement and kept: closing a channel at once can lose what was just posted. */
let sender: BroadcastChannel | undefined;

/** Tells every listener of this origin: other tabs, workers, and those of this very context. */
export function announce(message: StorageMessage): void {
  sender ??= new BroadcastChannel(channelName);
  sender.postMessage(message);
}

/** Calls `handle` with every announcement until the returned function is called. */
export function listen(handle: (message: StorageMessage) => void): () => void {
  const receiver = new BroadcastChannel(channelName);
  receiver.onmessage = (event: MessageEvent<StorageMessage>) => {
    handle(event.data);
  };
  return () => {
    receiver.close();
  };
}
