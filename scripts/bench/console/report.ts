/** Tables for people, one JSON object for programs. */
import type { Score } from './lighthouse.ts'
import type { Measured } from './recorder.ts'
import { median, type Round } from './steps.ts'
import type { Transfer } from './transfer.ts'

export const say = (line = '') => process.stdout.write(`${line}\n`)

export type Bytes = Readonly<Record<'login' | 'fleet', Transfer>>

export function reportRounds(results: readonly Round[]): void {
  const heads = ['median', 'worst', 'gap', 'frame', 'cpu', 'heap MB', 'nodes']
  say(`\n${'milliseconds'.padEnd(40)}${heads.map((head) => head.padStart(9)).join('')}`)
  for (const step of stepsOf(results)) {
    const { ms, worstMs, worstGapMs, worstFrameMs, cpuMs, heapMb, nodes } = summed(results, step)
    const cells = [ms, worstMs, worstGapMs, worstFrameMs, cpuMs].map((cell) =>
      Number.isNaN(cell) ? '' : cell.toFixed(0),
    )
    cells.push(heapMb.toFixed(1), nodes.toFixed(0))
    say(`${step.padEnd(40)}${cells.map((cell) => cell.padStart(9)).join('')}`)
  }
  say(`
median, worst   of ${results.length} rounds; each in a browser profile with an empty cache
gap             longest time between two animation frames of all rounds
frame           the browser's own longest frame; 0: none took 50 ms
cpu             median work of the page's main thread, whoever else wanted the processor
plain           the same rows as a static HTML table, the same rules in a text field: no application at all`)
}

export function reportBytes(bytes: Bytes): void {
  say(
    `\n${'bytes before the page is there'.padEnd(40)}${['js gz', 'js br', 'css gz', 'requests'].map((head) => head.padStart(9)).join('')}`,
  )
  for (const [page, { jsGzipBytes, jsBrotliBytes, cssGzipBytes, requests }] of Object.entries(bytes)) {
    const cells = [jsGzipBytes, jsBrotliBytes, cssGzipBytes, requests]
    say(`${page.padEnd(40)}${cells.map((cell) => String(cell).padStart(9)).join('')}`)
  }
}

export function reportScores(scores: Readonly<Record<string, Score>>, runs: number): void {
  say(`\nLighthouse 12.8.2, desktop preset, median of ${runs}`)
  for (const [page, { scores: each, losses }] of Object.entries(scores)) {
    say(
      `${page.padEnd(12)}${Object.entries(each)
        .map(([category, score]) => `${category} ${score}`)
        .join(' · ')}`,
    )
    for (const loss of losses) say(`            − ${loss}`)
  }
  say()
}

/** Names in camel case, with their unit. */
export function figuresOf(
  results: readonly Round[],
  bytes: Bytes,
  scores: Readonly<Record<string, Score>>,
): Readonly<Record<string, string | number>> {
  const figures: Record<string, string | number> = { bench: 'console', rounds: results.length }
  const round = (value: number) => Math.round(value * 100) / 100
  for (const step of stepsOf(results)) {
    const { ms, worstMs, worstGapMs, worstFrameMs, cpuMs, heapMb, nodes } = summed(results, step)
    const name = camelCase(step)
    if (!Number.isNaN(ms))
      Object.assign(figures, { [`${name}Ms`]: round(ms), [`${name}WorstMs`]: round(worstMs) })
    Object.assign(figures, {
      [`${name}WorstGapMs`]: round(worstGapMs),
      [`${name}WorstFrameMs`]: round(worstFrameMs),
      [`${name}CpuMs`]: round(cpuMs),
      [`${name}HeapMb`]: round(heapMb),
      [`${name}Nodes`]: nodes,
    })
  }
  for (const [page, transfer] of Object.entries(bytes)) {
    for (const [name, value] of Object.entries(transfer)) figures[camelCase(`${page} ${name}`)] = value
  }
  for (const [page, { scores: each }] of Object.entries(scores)) {
    for (const [category, score] of Object.entries(each))
      figures[camelCase(`lighthouse ${page} ${category}`)] = score
  }
  for (const [name, [ours, plain]] of Object.entries(ratios)) {
    figures[`${name}Ratio`] = round(summed(results, ours).ms / summed(results, plain).ms)
  }
  return figures
}

/** Ours by the plain page's, medians. */
const ratios: Readonly<Record<string, readonly [string, string]>> = {
  firstRow: ['fleet: navigation → first row', 'plain table: navigation → first row'],
  filter: ['fleet: filter → its rows', 'plain table: filter → its rows'],
  key: ['editor: key → frame, median', 'plain text: key → frame, median'],
  worstKey: ['editor: key → frame, worst', 'plain text: key → frame, worst'],
}

function stepsOf(results: readonly Round[]): string[] {
  return Object.keys(results[0] ?? {})
}

function summed(results: readonly Round[], step: string): Measured & { readonly worstMs: number } {
  const all = results.flatMap((round) => round[step] ?? [])
  const worst = (pick: (each: Measured) => number) => Math.max(...all.map(pick))
  return {
    ms: median(all.map(({ ms }) => ms)),
    worstMs: worst(({ ms }) => ms),
    worstGapMs: worst(({ worstGapMs }) => worstGapMs),
    worstFrameMs: worst(({ worstFrameMs }) => worstFrameMs),
    cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
    heapMb: worst(({ heapMb }) => heapMb),
    nodes: worst(({ nodes }) => nodes),
  }
}

function camelCase(words: string): string {
  return words
    .replace(/[^\p{L}\p{N}]+(\p{L}|\p{N})?/gu, (_, next: string | undefined) => (next ?? '').toUpperCase())
    .replace(/^\p{Lu}/u, (first) => first.toLowerCase())
}
