/** Names as rules and parents spell them: parsed once, lower-case, IDN as A-labels, without a final dot. */
import { isAddressLike } from './cidr.ts'

export type DomainNameCode = 'DOMAIN_MALFORMED' | 'DOMAIN_TOO_LONG' | 'ADDRESS_AS_DOMAIN'

export type DomainNameResult =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly code: DomainNameCode; readonly message: string }

export interface DomainNameOptions {
  /** Accepts a leading `*.` or `.` and drops it: the usual ways to write "and all below". */
  readonly allowWildcard?: boolean
}

/**
 * Parses a host name as a person types it.
 *
 * Single labels and underscores are names (intranets use both). Refused, each with a sentence that says what to
 * leave out: addresses, schemes, ports, paths, wildcards inside, labels over 63 and names over 253 characters.
 */
export function parseDomainName(text: string, options: DomainNameOptions = {}): DomainNameResult {
  const trimmed = text.trim()
  if (trimmed.length <= 253 && plainName.test(trimmed)) return { ok: true, name: trimmed }
  const hint = complaint(trimmed)
  if (hint !== null) return hint

  const unprefixed = options.allowWildcard ? trimmed.replace(/^\*?\./, '') : trimmed
  if (unprefixed.includes('*')) {
    return malformed(
      options.allowWildcard
        ? 'A * is possible only at the very start, as in *.corp.example; a domain rule covers all names below it anyway.'
        : 'A host is exactly one name: leave out the *, or use a domain rule.',
    )
  }

  const ascii = toAscii(unprefixed)
  if (ascii === null) return malformed(`${quote(trimmed)} can’t be written as an internationalised name.`)
  const name = ascii.replace(/\.$/, '')
  return checkLabels(name)
}

/** Canonical already, and no address: its last label begins with a letter. Most names are; the rest takes longer. */
const plainName = /^(?:[a-z0-9_-]{1,63}\.)*[a-z_][a-z0-9_-]{0,62}$/

/** What is obviously not a name, with advice. */
function complaint(text: string): DomainNameResult | null {
  if (text === '' || text === '.' || text === '*' || text === '*.') {
    return malformed('A name is missing. For “everything else” use the default action.')
  }
  if (isAddressLike(text)) {
    return {
      ok: false,
      code: 'ADDRESS_AS_DOMAIN',
      message: `${quote(text)} is an address: use an IP range rule for it.`,
    }
  }
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0]
  if (scheme !== undefined) return malformed(`Leave out ${scheme.toLowerCase()}: only the name is wanted.`)
  const port = /:\d*$/.exec(text)?.[0]
  if (port !== undefined)
    return malformed(`Leave out the port (${port}): a rule covers every port of a name.`)
  if (text.includes('/')) return malformed('Leave out the path: only the name is wanted.')
  if (text.includes('@')) return malformed('Leave out everything up to the @: only the name is wanted.')
  if (/\s/.test(text)) return malformed('A name has no spaces or line breaks; write one name per rule.')
  return null
}

/** IDN → A-label by the URL parser, which every supported runtime has; plain ASCII is only lower-cased. */
function toAscii(text: string): string | null {
  if (/^[\x21-\x7e]*$/.test(text)) return text.toLowerCase()
  // The URL parser would read these as structure or undo them; a name holds none of them.
  if (/[\p{Cc}\s"#%:/<>?@[\\\]^`{|}]/u.test(text)) return null
  try {
    return new URL(`http://${text}`).hostname
  } catch {
    return null
  }
}

function checkLabels(name: string): DomainNameResult {
  // Only now: full-width digits and ideographic dots become an address by the mapping above.
  if (isAddressLike(name)) {
    return {
      ok: false,
      code: 'ADDRESS_AS_DOMAIN',
      message: `${quote(name)} is an address: use an IP range rule for it.`,
    }
  }
  if (name.length > 253) {
    return {
      ok: false,
      code: 'DOMAIN_TOO_LONG',
      message: `A name has at most 253 characters, not ${name.length}.`,
    }
  }
  for (const label of name.split('.')) {
    if (label === '') return malformed(`${quote(name)} has an empty part: check the dots.`)
    if (label.length > 63) {
      return {
        ok: false,
        code: 'DOMAIN_TOO_LONG',
        message: `Each part of a name has at most 63 characters; ${quote(label)} has ${label.length}.`,
      }
    }
    const bad = /[^a-z0-9_-]/.exec(label)?.[0]
    if (bad !== undefined) {
      return malformed(`${quote(bad)} can’t be part of a name: only letters, digits, - and _ can.`)
    }
  }
  return { ok: true, name }
}

function malformed(message: string): DomainNameResult {
  return { ok: false, code: 'DOMAIN_MALFORMED', message }
}

/** Shows what was typed, short and on one line. */
function quote(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return `“${shown.replace(/\p{Cc}/gu, ' ')}”`
}
