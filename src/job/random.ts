import type { Random } from '../iceberg/ports.ts';

/** Chance that a seed decides: the same seed gives the same ids and jitter (sfc32 over a 128-bit hash of the seed). */
export function seededRandom(seed: string): Random {
  const state = hash128(seed);
  const next = () => {
    const [a, b, c, d] = state as unknown as [number, number, number, number];
    const sum = (a + b + d) | 0;
    state.set([b ^ (b >>> 9), (c + (c << 3)) | 0, ((c << 21) | (c >>> 11)) + sum, d + 1]);
    return sum >>> 0;
  };
  // The first outputs of sfc32 still resemble its seed.
  for (let round = 0; round < 15; round++) next();
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => next() >>> 24);
  return {
    uuid: () => uuidText(bytes(16)),
    snapshotId: () => ((BigInt(next()) << 32n) | BigInt(next())) & 0x7fff_ffff_ffff_ffffn || 1n,
    below: (bound) => Math.floor((next() / 2 ** 32) * bound),
  };
}

/** Four 32-bit lanes of text, mixed so that a change of one character changes all of them. */
function hash128(text: string): Uint32Array {
  const lanes = Uint32Array.of(1779033703, 3144134277, 1013904242, 2773480762);
  const factors = [597399067, 2869860233, 951274213, 2716044179] as const;
  for (let at = 0; at < text.length; at++) {
    for (const [lane, factor] of factors.entries()) {
      const mixed = (lanes[lane] ?? 0) ^ text.charCodeAt(at) ^ (lanes[(lane + 1) % 4] ?? 0);
      lanes[lane] = Math.imul(mixed, factor);
    }
  }
  return lanes;
}

function uuidText(bytes: Uint8Array): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
