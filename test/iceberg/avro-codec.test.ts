import { expect, it } from 'vitest';
import { decompressBlock } from '../../src/iceberg/avro-codec.ts';

// What zstd 1.5 makes of 40 lines, streamed, so that the frame does not say how long they are.
const zstandard = Buffer.from(
  'KLUv/QBYNQQAIscUF6AnbYJk67di5P5fiCaR3Tsl8hQqJGcEREL13+/N8/i7vX7btXEafTaXb7c1zWKv1urdGpOJeGdW9dslEmoJXIupoME5EAIBSkEHYhzjGAQFOgROqCH8+v8GwDOqAxB+RIg+LDvNzrJT6YcRsOXreMkunKvYerQGkiVjTSjgcYgKaFU=',
  'base64',
);

it('decompresses a block that another engine compressed with Zstandard', async () => {
  const lines = Array.from(
    { length: 40 },
    (_, index) => `{"partition":${index},"month":"2016-0${(index % 9) + 1}"}\n`,
  );
  const block = await decompressBlock('zstandard', zstandard);
  expect(new TextDecoder().decode(block)).toBe(lines.join(''));
});

it.each(['zstandard', 'deflate', 'snappy'])(
  'refuses a damaged %s block as corrupt',
  async (codec) => {
    const damaged = zstandard.subarray(0, 100);
    await expect(decompressBlock(codec, damaged)).rejects.toMatchObject({ kind: 'Corrupt' });
  },
);

it('refuses another codec and says what to do', async () => {
  await expect(decompressBlock('bzip2', zstandard)).rejects.toMatchObject({
    kind: 'Unsupported',
    message: 'The Avro codec bzip2 is not supported',
  });
});
