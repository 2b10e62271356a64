/**
 * Long texts that many answers share: the files of a version, which a whole fleet fetches within seconds, and the JSON
 * of news that many viewers follow. Each becomes bytes once instead of once for each answer (docs/decisions/0024).
 */
import { randomUUID } from 'node:crypto'

export interface LongTexts {
  /** The same value with a mark in the place of each long text. What it takes out is for the next `unmark`. */
  mark<Value>(value: Value): Value
  /** One mark for a whole value whose JSON is long: for one that is sent often and never changes. */
  markWhole(value: object): unknown
  /**
   * The JSON of what was just marked, as parts to send in this order: together they are the JSON of the value itself.
   * Null: there was no long text in it.
   */
  unmark(json: string): readonly (string | Buffer)[] | null
}

/** A shorter one costs less than a frame of its own. */
const longFromChars = 2_048
/** Of the texts that are kept, the oldest out first; only what one answer holds may be more. */
const keptBytes = 64 * 1024 * 1024

export function createLongTexts(): LongTexts {
  const known = new Map<string, Buffer>()
  const whole = new WeakMap<object, Buffer>()
  let size = 0
  let taken: Buffer[] = []
  const mark = randomUUID() // never leaves the process, so that no text holds it

  function bytesOf(text: string): Buffer {
    const kept = known.get(text)
    if (kept) return kept
    const bytes = Buffer.from(JSON.stringify(text))
    known.set(text, bytes)
    size += bytes.byteLength
    return bytes
  }

  function trim(): void {
    for (const [text, { byteLength }] of known) {
      if (size <= keptBytes) return
      known.delete(text)
      size -= byteLength
    }
  }

  function marked(value: unknown): unknown {
    if (typeof value === 'string') {
      if (value.length < longFromChars) return value
      taken.push(bytesOf(value))
      return mark
    }
    if (typeof value !== 'object' || value === null) return value
    const fields = value as Record<string, unknown>
    let copy: Record<string, unknown> | null = null
    for (const name in fields) {
      const field = marked(fields[name])
      if (field === fields[name]) continue
      copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>
      copy[name] = field
    }
    return copy ?? value
  }

  return {
    mark<Value>(value: Value) {
      trim()
      taken = []
      return marked(value) as Value
    },
    markWhole(value) {
      const bytes = whole.get(value) ?? Buffer.from(JSON.stringify(value))
      whole.set(value, bytes)
      taken = bytes.byteLength < longFromChars ? [] : [bytes]
      return taken.length === 0 ? value : mark
    },
    unmark(json) {
      if (taken.length === 0) return null
      const texts = taken
      taken = []
      const [first, ...others] = json.split(`"${mark}"`)
      // What was marked was not sent: its socket has closed.
      if (first === undefined || others.length !== texts.length) return null
      return [first, ...others.flatMap((part, index) => [texts[index] ?? '', part])]
    },
  }
}
