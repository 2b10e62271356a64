/** Finds what a list says twice. */

/** Each key that came before, with the index of its first appearance. */
export function repeated(keys: readonly string[]): { index: number; earlier: number; key: string }[] {
  const firstIndex = new Map<string, number>()
  const repeats: { index: number; earlier: number; key: string }[] = []
  keys.forEach((key, index) => {
    const earlier = firstIndex.get(key)
    if (earlier === undefined) firstIndex.set(key, index)
    else repeats.push({ index, earlier, key })
  })
  return repeats
}
