/** Chooses the requests of one document so that every cell fills up, before anything is sent. */
import type { RouteExplanation } from '#core/route'
import { allCells, type Cell, cellOf, verdictOf } from './cells.ts'
import { type Model, matchingRules, realModel } from './compare.ts'
import type { Focus, Situation } from './documents.ts'
import { randomFrom } from './random.ts'
import { type Asked, generateAsked } from './requests.ts'

export interface Planned {
  readonly asked: Asked
  readonly said: RouteExplanation
  readonly cell: Cell
  /** How many enabled rules hold for it. */
  readonly matches: number
}

const candidatesEach = 6

/** `counts` is what was planned so far, and is brought up to date: the emptiest cells get the next requests. */
export function planRequests(
  seed: number,
  situation: Situation,
  model: Model,
  wanted: number,
  port: number,
  counts: Map<Cell, number>,
): Planned[] {
  const random = randomFrom('requests', seed, situation.index)
  const byCell = new Map<Cell, Planned[]>()
  const seen = new Set<string>()
  for (let at = 0; at < wanted * candidatesEach; at += 1) {
    const asked = generateAsked(random, situation, port)
    const key = `${asked.method} ${asked.url} ${asked.clientAddress} ${asked.isAddressTold}`
    if (seen.has(key)) continue
    seen.add(key)
    // Cells are those of the real model also when a wrong one is tried: the same requests are sent then.
    const right = realModel(situation, asked)
    const said = model === realModel ? right : model(situation, asked)
    const planned = {
      asked,
      said,
      cell: cellOf(asked, right),
      matches: matchingRules(situation.document, asked).length,
    }
    const others = byCell.get(planned.cell)
    if (others === undefined) byCell.set(planned.cell, [planned])
    else others.push(planned)
  }
  // Where rules overlap there is more to get wrong: those come first, two of three times.
  for (const list of byCell.values()) {
    list.sort((a, b) => Number(a.matches >= 2) - Number(b.matches >= 2))
  }
  const chosen: Planned[] = []
  while (chosen.length < wanted && byCell.size > 0) {
    const cell = emptiest([...byCell.keys()], counts)
    const list = byCell.get(cell) ?? []
    const next = chosen.length % 3 === 2 ? list.shift() : list.pop()
    if (list.length === 0) byCell.delete(cell)
    if (next === undefined) continue
    counts.set(cell, (counts.get(cell) ?? 0) + 1)
    chosen.push(next)
  }
  return random.shuffled(chosen)
}

/** Which documents are wanted: every second one, when some have shown what is rare, brings what is rarest. */
export function focusFor(index: number, counts: ReadonlyMap<Cell, number>): Focus | null {
  if (index < 20 || index % 2 === 0) return null
  const verdict = verdictOf(emptiest(possibleCells, counts))
  return verdict === 'depends_on_address' ? null : verdict
}

const possibleCells = allCells().flatMap(({ cell, impossible }) => (impossible === null ? [cell] : []))

function emptiest(cells: readonly Cell[], counts: ReadonlyMap<Cell, number>): Cell {
  return cells.reduce((least, cell) => ((counts.get(cell) ?? 0) < (counts.get(least) ?? 0) ? cell : least))
}
