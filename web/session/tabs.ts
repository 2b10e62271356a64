/** What the tabs of one browser tell each other: they share one session, and one of them at a time renews it for all. */

/** @template Message plain data */
export interface Tabs<Message> {
  tell(message: Message): void
}

export function openTabs<Message>(onMessage: (message: Message) => void): Tabs<Message> {
  const channel = new BroadcastChannel('apm.session')
  channel.onmessage = (event: MessageEvent<Message>) => onMessage(event.data)
  return { tell: (message) => channel.postMessage(message) }
}

/** The others hear of what one of them did before they may do it themselves: their timers go off at the same moment. */
const heardWithinMs = 1_000

/**
 * Runs `work` unless another tab is at it, or was a moment ago; undefined: one is. Over plain HTTP browsers have no
 * locks: then two tabs may do the same now and then, which costs a request.
 */
export async function inOneTab<T>(work: () => Promise<T>): Promise<T | undefined> {
  const locks = (navigator as Partial<Navigator>).locks
  if (!locks) return work()
  return new Promise((resolve, reject) => {
    const held = locks.request('apm.session.renewal', { ifAvailable: true }, async (lock) => {
      if (!lock) return resolve(undefined)
      resolve(await work())
      await new Promise((heard) => setTimeout(heard, heardWithinMs))
    })
    held.catch(reject)
  })
}
