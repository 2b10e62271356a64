/**
 * Whether requests go where the route model says, on a real ATS: documents and requests from a seed.
 *
 *   npm run bench -- truth --seed 1 --documents 300 --requests 320 --instances 3 [--no-reloads] [--mistake NAME]
 *
 * What the model says is written down before a request is sent. Exit code 1 for any mismatch, for a document that
 * ATS does not take, for an unusual line of its log, and for a full run that leaves a cell too empty.
 */
import { parseArgs } from 'node:util'
import { renderParentConfig } from '#core/ats/parent-config'
import { canonicalDocument } from '#core/config-document'
import { makeAtsDirectory } from '../truth/ats-run.ts'
import { allCells } from '../truth/cells.ts'
import { realModel } from '../truth/compare.ts'
import { isMistake, mistakes } from '../truth/mistakes.ts'
import { type Mismatch, type RunResult, runTruth } from '../truth/run.ts'
import { shrinkMismatch } from '../truth/shrink.ts'
import { type StartedDocuments, startAnyDocuments } from '../truth/start-any.ts'
import { startWorld } from '../truth/world.ts'

const full = { documents: 300, decisions: 20_000, cell: 200, overlapPercent: 30 }
const shownMismatches = 20

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    seed: { type: 'string', default: '1' },
    documents: { type: 'string', default: String(full.documents) },
    requests: { type: 'string', default: '320' },
    instances: { type: 'string', default: '3' },
    'no-reloads': { type: 'boolean', default: false },
    mistake: { type: 'string' },
  },
})
const say = (line = '') => process.stdout.write(`${line}\n`)
const { mistake } = values
if (mistake !== undefined && !isMistake(mistake)) {
  throw new Error(`No such mistake; there are: ${Object.keys(mistakes).join(' | ')}`)
}
const model = mistake === undefined ? realModel : mistakes[mistake]
const seed = Number(values.seed)
const startedAt = Date.now()
const world = await startWorld()
try {
  const result = await runTruth(world, {
    seed,
    documents: Number(values.documents),
    requestsEach: Number(values.requests),
    instances: Number(values.instances),
    reloads: !values['no-reloads'],
    model,
    progress,
    untilMismatch: mistake !== undefined,
  })
  const first = result.mismatches[0]
  if (first !== undefined) sayMismatch('Made small', await shrink(first))
  // As many of those of the property tests: they load and start too, whatever else is in them.
  const any = mistake === undefined ? await startAnyDocuments(world, seed, Number(values.documents)) : null
  report(result, any)
} finally {
  await world.stop()
}

function progress({ documents, decisions, mismatches }: RunResult): void {
  if (documents % 10 !== 0) return
  const seconds = Math.round((Date.now() - startedAt) / 1_000)
  process.stderr.write(
    `${seconds} s: ${documents} of ${values.documents} documents, ${decisions} decisions, ${mismatches.length} mismatches\n`,
  )
}

async function shrink(found: Mismatch): Promise<Mismatch> {
  const directories = await Promise.all([makeAtsDirectory(world), makeAtsDirectory(world)])
  try {
    return await shrinkMismatch(world, directories, model, found)
  } finally {
    for (const directory of directories) directory.remove()
  }
}

function sayMismatch(title: string, { situation, asked, said, reached, why, after }: Mismatch): void {
  const codes = said.reasons.map(({ code }) => code).join(', ')
  say(`\n${title}: document ${situation.index} of seed ${seed}, after a ${after}`)
  say(
    `  asked  ${asked.method} ${asked.url} from ${asked.clientAddress}; ${asked.host} is ${asked.resolvedAddress ?? 'not resolved'}${asked.isAddressTold ? '' : ' (untold)'}`,
  )
  say(
    `  said   ${said.verdict} by ${said.rule === null ? 'no rule' : `${said.rule.kind} ${said.rule.value}`} (${codes})`,
  )
  say(`  went   ${reached.went}: ${why}`)
  say(`  outbound exceptions  ${situation.outboundExceptions.join(', ') || 'none'}`)
  const lines = renderParentConfig(canonicalDocument(situation.document)).split('\n')
  say(`  document  ${JSON.stringify(situation.document)}`)
  for (const line of lines.slice(1, 25)) say(`    ${line}`)
}

function report(result: RunResult, any: StartedDocuments | null): void {
  for (const mismatch of result.mismatches.slice(0, shownMismatches)) sayMismatch('Mismatch', mismatch)
  const { cells, smallest } = reportCells(result)
  for (const { index, said } of result.refused) say(`\nDocument ${index} was not taken: ${said}`)
  for (const { index, line } of result.unusual.slice(0, shownMismatches)) say(`\nDocument ${index}: ${line}`)

  for (const text of [...(any?.refused ?? []), ...(any?.unusual ?? [])].slice(0, shownMismatches)) {
    say(`\nA document of the property tests: ${text}`)
  }

  const overlapPercent = Math.round((result.overlapping / result.decisions) * 1_000) / 10
  const isFull = result.documents >= full.documents && mistake === undefined
  const tooSmall = isFull && (smallest < full.cell || result.decisions < full.decisions)
  const tooFewOverlaps = isFull && overlapPercent < full.overlapPercent
  const isGood = [
    result.mismatches,
    result.refused,
    result.unusual,
    any?.refused ?? [],
    any?.unusual ?? [],
  ].every(({ length }) => length === 0)
  if (!isGood || tooSmall || tooFewOverlaps) process.exitCode = 1
  say()
  say(
    JSON.stringify({
      bench: 'truth',
      seed,
      ...(mistake === undefined ? {} : { mistake }),
      documents: result.documents,
      reloaded: result.reloaded,
      decisions: result.decisions,
      mismatches: result.mismatches.length,
      refusedDocuments: result.refused.length,
      unusualLogLines: result.unusual.length + (any?.unusual.length ?? 0),
      propertyDocumentsStarted: any?.started ?? 0,
      propertyDocumentsRefused: any?.refused.length ?? 0,
      cells,
      smallestCell: smallest,
      overlapPercent,
      sentAgain: result.repeated,
      seconds: Math.round((Date.now() - startedAt) / 1_000),
    }),
  )
}

/** One line for each decider and verdict by method, one column for each spelling; `-` can't exist. */
function reportCells({ cells }: RunResult): { cells: number; smallest: number } {
  const rows = new Map<string, string[]>()
  const reasons = new Map<string, number>()
  const columns = new Set<string>()
  const counts: number[] = []
  for (const { cell, impossible } of allCells()) {
    const at = cell.lastIndexOf(' | ')
    const [row, column] = [cell.slice(0, at), cell.slice(at + 3)]
    const count = cells.get(cell) ?? 0
    columns.add(column)
    if (impossible === null) counts.push(count)
    else reasons.set(impossible, (reasons.get(impossible) ?? 0) + 1)
    const shown = impossible === null || count > 0 ? String(count) : '-'
    rows.set(row, [...(rows.get(row) ?? []), shown])
  }
  say(
    `\n${'decided by | verdict | method'.padEnd(42)}${[...columns].map((text) => text.padStart(11)).join('')}`,
  )
  for (const [row, shown] of rows) {
    if (shown.some((text) => text !== '-')) {
      say(`${row.padEnd(42)}${shown.map((text) => text.padStart(11)).join('')}`)
    }
  }
  say('\nCells that can’t exist (-):')
  for (const [why, count] of reasons) say(`${String(count).padStart(5)}  ${why}`)
  return { cells: counts.length, smallest: Math.min(...counts) }
}
