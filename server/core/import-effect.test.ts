import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyDocument } from '../../tests/support/any-document.ts'
import { mutatedFile, mutatedFiles, randomNumbers } from '../../tests/support/mutated-lines.ts'
import { header } from './ats/header.ts'
import { parseRange } from './cidr.ts'
import { type ConfigDocument, enabledParents, enabledRules, routesOf } from './config-document.ts'
import { renderConfigFiles } from './config-files.ts'
import { importFiles } from './import-files.ts'
import { checkDocument, incompleteCodes } from './rules.ts'
import type { AtsGeneration, Route } from './vocabulary.ts'

const names = ['example', 'test', 'corp.example', 'www.corp.example', 'a.b.test', 'b.test', 'none.invalid']
const addresses = [
  '10.0.0.0',
  '10.0.0.3',
  '10.0.0.5',
  '10.0.0.7',
  '10.9.9.9',
  '192.0.2.1',
  '198.51.100.1',
  'fd00::2',
  'fd00::5',
]

/** A plain first-match scan: the meaning of a document. */
function routeOf(document: ConfigDocument, name: string, address: string): Route {
  const found = enabledRules(document).find(({ kind, value }) => {
    if (kind === 'ip_range') return holds(value, address)
    return name === value || (kind === 'domain' && name.endsWith(`.${value}`))
  })
  return found?.action ?? document.defaultAction
}

const known = new Map<string, boolean>()

function holds(range: string, address: string): boolean {
  const key = `${range} ${address}`
  const answer = known.get(key) ?? holdsAnew(range, address)
  known.set(key, answer)
  return answer
}

function holdsAnew(range: string, address: string): boolean {
  const outer = parseRange(range)
  const inner = parseRange(address)
  if (!outer.ok || !inner.ok) throw new Error(`${range} or ${address} is no range`)
  const { family, first, last } = outer.range
  return family === inner.range.family && first <= inner.range.first && inner.range.first <= last
}

function mayUse(document: ConfigDocument, address: string): boolean {
  const found = document.clientRules.find(({ range }) => holds(range, address))
  return found?.action === 'allow'
}

function files(document: ConfigDocument, generation: AtsGeneration) {
  return renderConfigFiles(document, generation).files.map(({ name, content }) => ({ name, content }))
}

function contentOf(document: ConfigDocument, generation: AtsGeneration, name: string): string {
  return files(document, generation).find((file) => file.name === name)?.content ?? ''
}

test('a document comes back from its files with the same rules, parents, default and clients', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(anyDocument, fc.constantFrom<AtsGeneration>('9.2', '10.2'), (document, generation) => {
      const { document: back, findings } = importFiles(files(document, generation))
      expect(checkDocument(back)).toEqual([])
      const [linesBack = [], lines = []] = [back, document].map((each) =>
        contentOf(each, generation, 'parent.config').split('\n'),
      )
      // A rule that never decides has no line: without it the odd spellings may need none either.
      const hasSameRoutes = routesOf(back).size === routesOf(document).size
      const isKept = (line: string) =>
        hasSameRoutes || !/^(url_regex=|host_regex=|dest_domain=\. )/.test(line)
      expect(linesBack.filter(isKept)).toEqual(lines.filter(isKept))
      for (const name of names) {
        for (const address of addresses) {
          expect(routeOf(back, name, address)).toBe(routeOf(document, name, address))
        }
      }
      expect(back.defaultAction).toBe(document.defaultAction)
      const usesParents = routesOf(back).has('parent')
      if (usesParents) {
        const addressesOf = (of: ConfigDocument) =>
          enabledParents(of).map(({ host, port }) => `${host}:${port}`)
        expect(addressesOf(back)).toEqual(addressesOf(document))
        expect(contentOf(back, generation, 'ip_allow.yaml')).toBe(
          contentOf(document, generation, 'ip_allow.yaml'),
        )
        expect(back.failover.directWhenAllDown).toBe(document.failover.directWhenAllDown)
        expect(back.failover.selection).toBe(document.failover.selection)
      }
      if (document.clientRules.length > 0 && back.clientRules.length > 0) {
        for (const address of addresses) expect(mayUse(back, address)).toBe(mayUse(document, address))
      }
      // What is said is only that the files go direct when all parents are down, or name parents that nothing uses.
      const said = new Set(findings.map(({ code }) => code))
      said.delete('DIRECT_WHEN_DOWN')
      if (!usesParents) said.delete('OUTBOUND_IN_SETTINGS')
      expect([...said]).toEqual([])
    }),
    { numRuns: 200, seed: 1 },
  )
})

interface Line {
  readonly text: string
  readonly to: { readonly name: string } | { readonly range: string }
  readonly isDomain: boolean
  readonly isConditional: boolean
  readonly action: Route
}

const anyLine: fc.Arbitrary<Line> = fc
  .record({
    to: fc.oneof(
      fc.constantFrom('example', 'corp.example', 'www.corp.example', 'b.test', '.').map((name) => ({ name })),
      fc
        .tuple(fc.nat(7), fc.nat(7))
        .map(([a, b]) => ({ range: `10.0.0.${Math.min(a, b)}-10.0.0.${Math.max(a, b)}` })),
      fc.constantFrom('10.0.0.0/8', '0.0.0.0/0', 'fd00::1-fd00::4').map((range) => ({ range })),
    ),
    isHost: fc.boolean(),
    isConditional: fc.integer({ min: 0, max: 5 }).map((chance) => chance === 0),
    action: fc.constantFrom<Route>('direct', 'parent'),
  })
  .map(({ to, isHost, isConditional, action }) => {
    const isDomain = 'name' in to && (to.name === '.' || !isHost)
    const destination =
      'range' in to ? `dest_ip=${to.range}` : `dest_${isDomain ? 'domain' : 'host'}=${to.name}`
    const route = action === 'direct' ? 'go_direct=true' : 'parent="p.example:1" go_direct=false'
    return {
      text: `${destination} ${route}${isConditional ? ' method=PUT' : ''}`,
      to,
      isDomain,
      isConditional,
      action,
    }
  })

/** What ATS 9.2.9 does with a GET: the last range is painted over the others, then the smallest line decides. */
function routeInAts(lines: readonly Line[], name: string, address: string): Route {
  const painted = lines.findLastIndex(({ to }) => 'range' in to && holds(to.range, address))
  const found = lines.find((line, index) => {
    if (line.isConditional) return false
    if ('range' in line.to) return index === painted
    const { name: value } = line.to
    return value === '.' || name === value || (line.isDomain && name.endsWith(`.${value}`))
  })
  return found?.action ?? 'direct'
}

test.each([
  ['as it was written', ''],
  ['below our own first line', `${header}\n`],
])('any list of lines keeps its effect, %s', { timeout: 60_000 }, (_, start) => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 12 }), (lines) => {
      const content = start + lines.map(({ text }) => text).join('\n')
      const { document } = importFiles([{ name: 'parent.config', content }])
      for (const name of names) {
        for (const address of addresses) {
          expect(routeOf(document, name, address)).toBe(routeInAts(lines, name, address))
        }
      }
    }),
    { numRuns: 600, seed: 2 },
  )
})

test('tens of thousands of damaged lines give documents without problems, and each loss has a line', {
  timeout: 60_000,
}, () => {
  const random = randomNumbers(3)
  for (let round = 0; round < 600; round += 1) {
    const name = mutatedFiles[round % mutatedFiles.length] ?? ''
    const content = mutatedFile(name, 50, random)
    const { document, findings } = importFiles([{ name, content }])
    expect(checkDocument(document).filter(({ code }) => !incompleteCodes.has(code))).toEqual([])
    const lines = content.split('\n').length
    expect(findings.every(({ line, text }) => line >= 1 && line <= lines && text.length <= 301)).toBe(true)
  }
})

test('every line of a damaged parent.config is a rule, a comment or the default, or has a finding', () => {
  const random = randomNumbers(4)
  for (let round = 0; round < 100; round += 1) {
    const content = mutatedFile('parent.config', 1, random).replaceAll('\n', ' ')
    const start = content.trim()
    const { document, findings, isEmpty } = importFiles([{ name: 'parent.config', content }])
    const isSilent = start === '' || start.startsWith('#')
    const said = findings.filter(({ code }) => code !== 'NO_DEFAULT')
    const hasDefault = findings.length === said.length
    expect(isSilent || !isEmpty || said.length > 0 || hasDefault || document.rules.length > 0, content).toBe(
      true,
    )
  }
})
