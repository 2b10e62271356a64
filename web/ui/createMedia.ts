/** Whether a media query matches now, as a signal. */
import { createSignal, onCleanup } from 'solid-js'

export function createMedia(query: string): () => boolean {
  const list = matchMedia(query)
  const [matches, setMatches] = createSignal(list.matches)
  const look = () => setMatches(list.matches)
  list.addEventListener('change', look)
  onCleanup(() => list.removeEventListener('change', look))
  return matches
}
