/** Reads a sni.yaml: our documents say nothing about TLS, so every entry is a loss. */
import { type LineFinding, lineFinding } from '../import-finding.ts'
import { readYamlList } from './yaml-lines.ts'

export function readSniYaml(text: string): readonly LineFinding[] {
  const { items, findings } = readYamlList(text, 'sni')
  return [
    ...findings,
    ...items.map(({ line, fields }) => {
      const name = fields?.get('fqdn')?.[0]
      const whose = name === undefined ? 'this entry' : `the entry of ${name.slice(0, 100)}`
      return lineFinding(line, 'TLS_NOT_POSSIBLE', `A config says nothing about TLS: ${whose} stays out.`)
    }),
  ]
}
