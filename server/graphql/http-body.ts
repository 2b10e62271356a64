/** Reads a request's body: bounded for each, for strangers more so, and for all together. */
import type { IncomingMessage } from 'node:http'
import { limits } from '../core/config-document.ts'

export type Body =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly status: 400 | 413; readonly code: string; readonly message: string }
  /** Too much is being read at this moment. */
  | { readonly kind: 'busy' }
  /** Whoever sent it has gone in mid-sentence. */
  | { readonly kind: 'gone' }

export interface BodyReader {
  /** @param isStranger without a good token, who has little to say */
  read(request: IncomingMessage, isStranger: boolean): Promise<Body>
}

/** Logging in, enrolling and choosing a password take less than one. */
export const strangerBodyBytes = 64 * 1024
/** Of all bodies that are being read, by what each has beyond a stranger's. */
const readingBytes = 128 * 1024 * 1024

export function createBodyReader(): BodyReader {
  let reading = 0

  /** Null: it is too large. Read on to the end then, keeping nothing: who is cut off never sees the answer. */
  async function bytesOf(request: IncomingMessage, most: number): Promise<Buffer | null | 'busy'> {
    const chunks: Buffer[] = []
    let size = 0
    let counted = 0
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size > 4 * most) break
        if (size > most) continue
        chunks.push(chunk)
        if (size <= strangerBodyBytes) continue
        counted += chunk.length
        reading += chunk.length
        if (reading > readingBytes) return 'busy'
      }
    } finally {
      reading -= counted
    }
    return size > most ? null : Buffer.concat(chunks)
  }

  return {
    async read(request, isStranger) {
      const most = isStranger ? strangerBodyBytes : limits.bodyBytes
      const bytes = await bytesOf(request, most).catch(() => undefined)
      if (bytes === undefined) return { kind: 'gone' }
      if (bytes === 'busy') return { kind: 'busy' }
      if (bytes === null) {
        const advice = isStranger ? 'send a token for more' : 'send long lists in parts with editRules'
        const message = `The body is larger than ${most} bytes; ${advice}.`
        return { kind: 'refused', status: 413, code: 'BODY_TOO_LARGE', message }
      }
      try {
        return { kind: 'json', value: JSON.parse(bytes.toString('utf8')) }
      } catch {
        const message = 'The body must be JSON: {"query": …, "variables": …}.'
        return { kind: 'refused', status: 400, code: 'BODY_MALFORMED', message }
      }
    },
  }
}
