/**
 * SHA-256: the one thing that core takes from Node instead of a browser-safe library. Hashes are made where
 * configs are approved and applied, never in a browser, and the built-in one costs a tenth.
 */
import { createHash } from 'node:crypto'

/** Of the text's UTF-8 bytes, in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

/** Over parts that are each preceded by their length in bytes, so that no two different lists read alike; in hex. */
export function sha256OfParts(parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part, 'utf8')
  return hash.digest('hex')
}
