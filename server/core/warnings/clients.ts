/** Warnings about who may use the proxies: nobody in particular, everybody, or not the host itself. */
import { parseRange, subtract } from '../cidr.ts'
import { allowedClients } from '../client-problems.ts'
import { type ClientRule, type ConfigDocument, limits } from '../config-document.ts'
import { layRanges } from '../range-layers.ts'
import { isOne, listedRules } from './rows.ts'
import { say } from './sentences.ts'
import type { Finding } from './warning.ts'

/** Of a canonical document. */
export function clientFindings({ clientRules }: ConfigDocument): Finding[] {
  if (clientRules.length === 0) {
    return [
      {
        path: 'clientRules',
        code: 'CLIENT_RULES_EMPTY',
        says: () => say('CLIENT_RULES_EMPTY', {}),
      },
    ]
  }
  const listed = clientRules.slice(0, limits.clientRules)
  return [...shadowed(listed), ...open(listed), ...closedToTheHost(listed)]
}

function rowsOf(rules: readonly ClientRule[]) {
  return rules.flatMap(({ range: text, action }, index) => {
    const parsed = parseRange(text)
    return parsed.ok ? [{ range: parsed.range, action, index }] : []
  })
}

function shadowed(rules: readonly ClientRule[]): Finding[] {
  const rows = rowsOf(rules)
  const laid = layRanges(rows)
  return rows.flatMap(({ index }, at): Finding[] => {
    if (laid.decides(at)) return []
    const cover = laid.coverOf(at)
    const by = listedRules(
      cover.indexes.flatMap((each) => rows[each]?.index ?? []),
      cover.isMore,
    )
    return [
      {
        path: `clientRules.${index}.range`,
        code: 'CLIENT_RULE_SHADOWED',
        says: () =>
          say(isOne(by) ? 'CLIENT_RULE_SHADOWED' : 'CLIENT_RULE_SHADOWED_TOGETHER', {
            row: index + 1,
            rules: by,
          }),
      },
    ]
  })
}

function open(rules: readonly ClientRule[]): Finding[] {
  return rules.flatMap(({ range, action }, index): Finding[] =>
    action === 'allow' && (range === '0.0.0.0/0' || range === '::/0')
      ? [
          {
            path: `clientRules.${index}.range`,
            code: 'EVERY_CLIENT_ALLOWED',
            says: () => say('EVERY_CLIENT_ALLOWED', { row: index + 1 }),
          },
        ]
      : [],
  )
}

function closedToTheHost(rules: readonly ClientRule[]): Finding[] {
  const allowed = allowedClients(rules)
  const missing = loopbackAddresses.filter((range) => subtract(range, allowed).length > 0)
  if (missing.length === 0) return []
  const addresses = { listed: missing.map(({ text }) => text), isMore: false }
  return [
    {
      path: 'clientRules',
      code: 'LOOPBACK_NOT_ALLOWED',
      says: () => say('LOOPBACK_NOT_ALLOWED', { addresses }),
    },
  ]
}

const loopbackAddresses = ['127.0.0.1', '::1'].flatMap((text) => {
  const parsed = parseRange(text)
  return parsed.ok ? [parsed.range] : []
})
