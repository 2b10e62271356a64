/** A document that routes can be worked out from, also while somebody is still typing it. */
import type { ConfigDocument } from '#core/config-document'
import type { Problem } from '#core/refusal'

export type Answerable =
  | {
      readonly ok: true
      readonly document: ConfigDocument
      /** Rules, by their row from 1, that count as off because what they name can't be read. */
      readonly leftOutRows: readonly number[]
    }
  | { readonly ok: false; readonly problem: Problem }

/** A rule that can't be read yet is left out, and told; every other problem has to be mended first. */
export function answerable(document: ConfigDocument, problems: readonly Problem[]): Answerable {
  const off = new Set<number>()
  for (const problem of problems) {
    const [, index, field] = /^rules\.(\d+)\.(\w+)$/.exec(problem.path) ?? []
    if (problem.path.startsWith('routeTests')) continue
    // A rule that needs a parent, where there is none, would give a wrong answer if it were left out.
    if (index === undefined || field === 'action') return { ok: false, problem }
    if (field === 'kind' || field === 'value') off.add(Number(index))
  }
  if (off.size === 0) return { ok: true, document, leftOutRows: [] }
  const rules = document.rules.map((rule, index) => (off.has(index) ? { ...rule, enabled: false } : rule))
  return {
    ok: true,
    document: { ...document, rules },
    leftOutRows: [...off].map((index) => index + 1).sort((a, b) => a - b),
  }
}
