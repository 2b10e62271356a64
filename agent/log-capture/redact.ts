/** Takes secrets out of lines before they leave the host: passwords in URLs, telling query values, credentials in headers. */

import type { RawLine } from './follow.ts'

export const removed = '[removed]'

/** Query parameters that hold secrets by their name. */
const secretNames =
  'access_token|api[-_]?key|apikey|assertion|auth|authorization|client_secret|code|credential|csrf|id_token|jwt|key|pass|passwd|password|pwd|refresh_token|secret|session|sessionid|sid|sig|signature|token|x-amz-credential|x-amz-security-token|x-amz-signature|x-goog-signature'

const headers =
  /((?:^|[^\w-])(?:proxy-authorization|authorization|set-cookie2?|cookie|x-api-key|x-auth-token|x-csrf-token|x-amz-security-token)["']?\s*[:=]\s*).*/i
/** So does a header's value go on in the next line. */
const folded = /^[ \t]/
const schemes = /\b(bearer|basic|digest|negotiate|ntlm)((?:\s|%20)+)[^\s"',;]+/gi
/** `scheme://user:password@host`; the last @ before the path counts. */
const userinfo = /([a-z][a-z\d+.-]*:\/\/)[^\s/?#"'<>]*@/gi
const jsonWebToken = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g

export type Redact = (text: string) => string

/** @param names of query parameters, beside those that are known to hold secrets */
export function createRedact(names: readonly string[]): Redact {
  const own = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const known = [secretNames, ...own].join('|')
  // A name may be written with escapes, and hold prefixes: `X-Amz-Signature`, `user%5Bpassword%5D`.
  const query = new RegExp(
    `([?&;](?:[^=&;\\s]*(?:[-_.[]|%5b))?(?:${known})(?:\\]|%5d)?=)[^&;\\s"'<>#]*`,
    'gi',
  )
  return (text) =>
    text
      .replace(headers, `$1${removed}`)
      .replace(schemes, `$1$2${removed}`)
      .replace(userinfo, `$1${removed}@`)
      .replace(query, (found, head: string) => (found === head ? found : `${head}${removed}`))
      .replace(jsonWebToken, removed)
}

/**
 * As `redact`, for lines in their order: what goes on with a header of credentials, or with a line that was too long to
 * be read at once, is removed as a whole. So is a first line that goes on with one that wasn't read.
 */
export function createLineRedact(): (line: Pick<RawLine, 'text' | 'isPiece'>, redact: Redact) => string {
  let isSecret = true
  let isWithin = false
  return ({ text, isPiece = false }, redact) => {
    const goesOn = isWithin || (isSecret && folded.test(text))
    isWithin = isPiece
    if (goesOn) return removed
    isSecret = headers.test(text)
    return redact(text)
  }
}
