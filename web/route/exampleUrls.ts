/** Requests to begin with, made from a document's own rules. */
import { parseRange } from '#core/cidr'
import type { ConfigDocument, Rule } from '#core/config-document'

/** At most `count`, one of each kind of rule first; one from nowhere when there are no rules. */
export function exampleUrls(document: ConfigDocument, count: number): readonly string[] {
  const rules = document.rules.filter(({ enabled }) => enabled)
  const firsts = (['domain', 'host', 'ip_range'] as const).flatMap(
    (kind) => rules.find((rule) => rule.kind === kind && urlFor(rule) !== null) ?? [],
  )
  const chosen = new Set(firsts)
  for (const rule of rules) {
    if (chosen.size >= count) break
    if (urlFor(rule) !== null) chosen.add(rule)
  }
  const urls = [...chosen].flatMap((rule) => urlFor(rule) ?? [])
  return (urls.length > 0 ? urls : ['https://www.example.com/']).slice(0, count)
}

function urlFor({ kind, value }: Rule): string | null {
  const name = value.trim().replace(/^\*?\./, '')
  if (name === '') return null
  if (kind === 'domain') return `https://www.${name}/`
  if (kind === 'host') return `http://${name}/`
  const parsed = parseRange(value)
  if (!parsed.ok) return null
  const address = parsed.range.text.split(/[-/]/)[0] ?? ''
  return address === '' ? null : `http://${address.includes(':') ? `[${address}]` : address}/`
}
