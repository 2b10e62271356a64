/** Warnings about who may use the proxies: nobody in particular, everybody, or not the host itself. */
import { parseRange, subtract } from '../cidr.ts'
import { allowedClients } from '../client-problems.ts'
import { type ClientRule, type ConfigDocument, limits } from '../config-document.ts'
import { layRanges } from '../range-layers.ts'
import { inWords } from './rows.ts'
import type { Finding } from './warning.ts'

/** Of a canonical document. */
export function clientFindings({ clientRules }: ConfigDocument): Finding[] {
  if (clientRules.length === 0) {
    return [
      {
        path: 'clientRules',
        code: 'CLIENT_RULES_EMPTY',
        message: () =>
          'Without client rules every client in a loopback or private range may use the proxies.',
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
    const numbers = cover.indexes.map((each) => (rows[each]?.index ?? 0) + 1).sort((a, b) => a - b)
    const by = `${numbers.length === 1 ? 'rule' : 'rules'} ${inWords(numbers.map(String), cover.isMore)}`
    return [
      {
        path: `clientRules.${index}.range`,
        code: 'CLIENT_RULE_SHADOWED',
        message: () =>
          `Client rule ${index + 1} never decides: client ${by} before it ${numbers.length === 1 ? 'holds' : 'hold'} all that it names.`,
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
            message: () => `Client rule ${index + 1} lets every address use the proxies.`,
          },
        ]
      : [],
  )
}

function closedToTheHost(rules: readonly ClientRule[]): Finding[] {
  const allowed = allowedClients(rules)
  const missing = loopbackAddresses.filter((range) => subtract(range, allowed).length > 0)
  if (missing.length === 0) return []
  const words = inWords(
    missing.map(({ text }) => text),
    false,
  )
  return [
    {
      path: 'clientRules',
      code: 'LOOPBACK_NOT_ALLOWED',
      message: () =>
        `The host itself may not use its proxy from ${words}: health checks on the host that go through the proxy fail.`,
    },
  ]
}

const loopbackAddresses = ['127.0.0.1', '::1'].flatMap((text) => {
  const parsed = parseRange(text)
  return parsed.ok ? [parsed.range] : []
})
