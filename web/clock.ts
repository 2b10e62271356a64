/** One ticking clock for all ages on the page, set by the server's: a browser's own may be wrong. */
import { createSignal } from 'solid-js'

let offsetMs = 0
const [now, setNow] = createSignal(Date.now())

setInterval(() => setNow(Date.now() + offsetMs), 1_000)

/** The server's time in milliseconds, renewed each second. Reactive. */
export const serverNow = now

/** Takes the server's word for what time it is. */
export function setServerTime(serverTime: string): void {
  offsetMs = Date.parse(serverTime) - Date.now()
  setNow(Date.now() + offsetMs)
}
