/** Every byte for every generation, next to files that were written by hand: golden/README.md. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ConfigDocument } from './config-document.ts'
import { renderConfigFiles } from './config-files.ts'
import { checkDocument } from './rules.ts'
import type { AtsGeneration } from './vocabulary.ts'

const golden = (name: string) => readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')
const document = JSON.parse(golden('document.json')) as ConfigDocument

test('the document of the golden files is one that can be approved', () => {
  expect(checkDocument(document)).toEqual([])
})

test.each<[AtsGeneration, string, string]>([
  ['9.2', 'ip_allow.9.yaml', 'records.9.txt'],
  ['10.0', 'ip_allow.10.yaml', 'records.10.txt'],
  ['10.1', 'ip_allow.10.yaml', 'records.10.txt'],
  ['10.2', 'ip_allow.10.yaml', 'records.10.txt'],
])('for %s the files and records are the golden ones', (generation, ipAllow, recordsFile) => {
  const { files, records } = renderConfigFiles(document, generation)
  expect(Object.fromEntries(files.map(({ name, content }) => [name, content]))).toEqual({
    'parent.config': golden('parent.config'),
    'sni.yaml': golden('sni.yaml'),
    'ip_allow.yaml': golden(ipAllow),
  })
  const lines = records.map(({ name, type, value }) => `${name} ${type} ${value}\n`)
  expect(lines.join('')).toBe(golden(recordsFile))
})
