/** Texts as WebSocket frames, several in one buffer: `ws` would make two buffers of each. */

/** RFC 6455: a whole text, unmasked. */
const wholeText = 0x81

/** Each text as one frame. */
export function framesOf(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text))
  const frames = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + headerBytes(length) + length, 0))
  let at = 0
  for (const [index, text] of texts.entries()) {
    at = writeHeader(frames, at, lengths[index] ?? 0)
    at += frames.write(text, at)
  }
  return frames
}

function headerBytes(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10
}

function writeHeader(frames: Buffer, at: number, length: number): number {
  frames[at] = wholeText
  if (length < 126) return frames.writeUInt8(length, at + 1)
  if (length < 65_536) return frames.writeUInt16BE(length, frames.writeUInt8(126, at + 1))
  return frames.writeBigUInt64BE(BigInt(length), frames.writeUInt8(127, at + 1))
}
