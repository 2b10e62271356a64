/** Wrong models, to show that the run finds what is wrong: each changes what the real model is told. */
import type { ConfigDocument, Rule } from '#core/config-document'
import { type Model, realModel } from './compare.ts'

export const mistakes = {
  'last match wins': withRules((rules) => [...rules].reverse()),
  'a host rule holds for names below': withRules((rules) =>
    rules.map((rule) => (rule.kind === 'host' ? { ...rule, kind: 'domain' } : rule)),
  ),
  'a domain rule holds for its own name only': withRules((rules) =>
    rules.map((rule) =>
      rule.kind === 'domain' ? { ...rule, kind: 'host', value: rule.value.replace(/^\*?\./, '') } : rule,
    ),
  ),
  'disabled rules count': withRules((rules) => rules.map((rule) => ({ ...rule, enabled: true }))),
  'spelling does not count': (situation, asked) =>
    realModel(situation, { ...asked, url: asked.url.toLowerCase() }),
  'every client may use the proxy': withDocument((document) => ({ ...document, clientRules: [] })),
} as const satisfies Record<string, Model>

export type Mistake = keyof typeof mistakes

export function isMistake(name: string): name is Mistake {
  return Object.hasOwn(mistakes, name)
}

function withRules(change: (rules: readonly Rule[]) => readonly Rule[]): Model {
  return withDocument((document) => ({ ...document, rules: change(document.rules) }))
}

/** A document is changed once, so that the model compiles it once. */
function withDocument(change: (document: ConfigDocument) => ConfigDocument): Model {
  const changed = new WeakMap<ConfigDocument, ConfigDocument>()
  return (situation, asked) => {
    const document = changed.get(situation.document) ?? change(situation.document)
    changed.set(situation.document, document)
    return realModel({ ...situation, document }, asked)
  }
}
