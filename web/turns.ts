/** Long work in small steps, so that ten thousand rules never hold up the page. */

/** Lets the browser paint and answer. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

/** Resolves when the browser has nothing else to do, or after a fifth of a second. */
export function idle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari does not tell.
    if (!('requestIdleCallback' in globalThis)) setTimeout(resolve)
    else requestIdleCallback(() => resolve(), { timeout: 200 })
  })
}

/** Items that are worked on before the browser gets its turn: of rules about 5 ms, and many times that on a slow machine. */
const itemsPerTurn = 500

/** Does `work` part by part. @returns false when `isWanted` said so between two parts, and the rest was left */
export async function inTurns<Item>(
  items: readonly Item[],
  work: (part: readonly Item[]) => void,
  isWanted: () => boolean = () => true,
): Promise<boolean> {
  for (let from = 0; from < items.length; from += itemsPerTurn) {
    await turn()
    if (!isWanted()) return false
    work(items.slice(from, from + itemsPerTurn))
  }
  return true
}
