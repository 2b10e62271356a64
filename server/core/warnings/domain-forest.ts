/** The domains that rules name as a forest, so that what holds a name is found without taking it apart again. */
import type { NameRow } from './rows.ts'

export interface DomainForest {
  /** How many domains there are; they are numbered from 0. */
  readonly size: number
  /** For each row the smallest domain that holds its name, which may be the name itself; -1: none. */
  readonly holderOf: Int32Array
  /** For each domain the next larger one that holds it; -1: none. */
  readonly above: Int32Array
}

export function domainForest(names: readonly NameRow[]): DomainForest {
  const numbers = new Map<string, number>()
  for (const { kind, value } of names) {
    if (kind === 'domain' && !numbers.has(value)) numbers.set(value, numbers.size)
  }
  const depths = new Set([...numbers.keys()].map((name) => dotsIn(name)))
  const above = new Int32Array(numbers.size)
  for (const [name, number] of numbers) above[number] = holderAbove(name, numbers, depths)
  const holderOf = Int32Array.from(
    names,
    ({ value }) => numbers.get(value) ?? holderAbove(value, numbers, depths),
  )
  return { size: numbers.size, holderOf, above }
}

/** `depths` are those at which there are domains: elsewhere nothing is looked up. */
function holderAbove(
  name: string,
  numbers: ReadonlyMap<string, number>,
  depths: ReadonlySet<number>,
): number {
  let depth = dotsIn(name)
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    depth -= 1
    const number = depths.has(depth) ? numbers.get(name.slice(dot + 1)) : undefined
    if (number !== undefined) return number
  }
  return -1
}

function dotsIn(name: string): number {
  let count = 0
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) count += 1
  return count
}
