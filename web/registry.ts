/** Things that a part of the page brings along for as long as it is mounted, such as shortcuts and palette actions. */
import { createSignal, onCleanup } from 'solid-js'

export interface Registry<Thing> {
  /** Adds what `things` returns until the calling component goes; reactive. */
  readonly use: (things: () => readonly Thing[]) => void
  /** All of them, the newest component's first. Reactive. */
  readonly all: () => readonly Thing[]
}

export function createRegistry<Thing>(): Registry<Thing> {
  const [sources, setSources] = createSignal<readonly (() => readonly Thing[])[]>([])
  return {
    use(things) {
      setSources((known) => [things, ...known])
      onCleanup(() => setSources((known) => known.filter((source) => source !== things)))
    },
    all: () => sources().flatMap((source) => source()),
  }
}
