/** Sends an answer's text; a large one compressed, where the caller takes that. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/**
 * Below this an answer goes as it is: it fits a few packets, and tokens travel only in small ones, whose length must
 * not tell anything about them.
 */
const compressedFromChars = 64 * 1024
/** Nearly as small as the usual level, in a third of the time. */
const level = 3
const compress = promisify(gzip)

export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
): Promise<void> {
  response.setHeader('vary', 'accept-encoding')
  if (text.length < compressedFromChars || !takesGzip(request)) return void response.end(text)
  response.removeHeader('content-length')
  response.setHeader('content-encoding', 'gzip')
  response.end(await compress(text, { level }))
}

function takesGzip(request: IncomingMessage): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(String(request.headers['accept-encoding'] ?? ''))
}
