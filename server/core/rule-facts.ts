/** What a rule says of itself, wherever it stands: worked out once for each rule object. */
import { type AddressRange, parseRange } from './cidr.ts'
import { limits, type NewRule, parseInstant } from './config-document.ts'
import { parseDomainName } from './domain-name.ts'
import type { Problem } from './refusal.ts'

export interface RuleFacts {
  /** Canonical; what can't be parsed is as typed, trimmed. */
  readonly value: string
  /** What a range rule names, if it can be parsed. */
  readonly range: AddressRange | null
  /** Equal for rules that match the same. */
  readonly meaning: string
  /** Paths begin within the rule. */
  readonly problems: readonly Problem[]
}

const knownFacts = new WeakMap<NewRule, RuleFacts>()

/** Rules are never changed in place, so that each is worked out once, however often its document is edited. */
export function factsOf(rule: NewRule): RuleFacts {
  const known = knownFacts.get(rule)
  if (known !== undefined) return known
  const facts = workOut(rule)
  knownFacts.set(rule, facts)
  return facts
}

function workOut({ kind, value, note, owner, expiresAt }: NewRule): RuleFacts {
  const parsed =
    kind === 'ip_range' ? parseRange(value) : parseDomainName(value, { allowWildcard: kind === 'domain' })
  const canonical = !parsed.ok ? value.trim() : 'name' in parsed ? parsed.name : parsed.range.text
  return {
    value: canonical,
    range: parsed.ok && 'range' in parsed ? parsed.range : null,
    meaning: `${kind} ${canonical}`,
    problems: [
      ...(parsed.ok ? [] : [{ path: 'value', code: parsed.code, message: parsed.message }]),
      ...checkLength(note, limits.noteLength, 'note', 'NOTE_TOO_LONG', 'A note'),
      ...checkLength(owner, limits.ownerLength, 'owner', 'OWNER_TOO_LONG', 'An owner'),
      ...(expiresAt !== null && parseInstant(expiresAt) === null
        ? [
            {
              path: 'expiresAt',
              code: 'EXPIRES_AT_MALFORMED',
              message: 'Write an instant with its zone, as 2030-01-31T12:00:00Z.',
            },
          ]
        : []),
    ],
  }
}

function checkLength(text: string, limit: number, path: string, code: string, subject: string): Problem[] {
  if (text.length <= limit) return []
  return [{ path, code, message: `${subject} has at most ${limit} characters, not ${text.length}.` }]
}
