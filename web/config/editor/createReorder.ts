/** Dragging a row of a short list to another place by its handle, with any pointer. */
import { createSignal, onCleanup } from 'solid-js'

interface ReorderParts {
  /** The element whose children are the rows, in order. */
  readonly list: () => HTMLElement | undefined
  /** Called each time that the row passes another one. */
  readonly onMove: (from: number, to: number) => void
}

export function createReorder(parts: ReorderParts) {
  const [dragged, setDragged] = createSignal<number>()
  let stop: (() => void) | undefined

  const start = (event: PointerEvent, index: number) => {
    if (event.button !== 0) return
    event.preventDefault()
    setDragged(index)
    const onPointerMove = (moved: PointerEvent) => {
      const from = dragged()
      const rows = [...(parts.list()?.children ?? [])]
      if (from === undefined) return
      const to = rows.findIndex((row) => moved.clientY < row.getBoundingClientRect().bottom)
      const target = to < 0 ? rows.length - 1 : to
      if (target === from) return
      parts.onMove(from, target)
      setDragged(target)
    }
    stop = () => {
      window.removeEventListener('pointermove', onPointerMove)
      window.removeEventListener('pointerup', end)
      window.removeEventListener('pointercancel', end)
      setDragged(undefined)
    }
    const end = () => stop?.()
    window.addEventListener('pointermove', onPointerMove)
    window.addEventListener('pointerup', end)
    window.addEventListener('pointercancel', end)
  }
  onCleanup(() => stop?.())
  return {
    /** The place of the row that is being dragged. */
    dragged,
    start,
  }
}
