import { createRoot, createSignal } from 'solid-js'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRowWindow } from './createRowWindow.ts'

const usualPx = 20
/** Tells of sizes as a browser's layout would. */
let resized: (entries: readonly ResizeObserverEntry[]) => void
beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(told: typeof resized) {
        resized = told
      }
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  )
})
afterEach(() => {
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

function measure(key: string, px: number): void {
  const target = document.body.appendChild(document.createElement('div'))
  target.dataset.rowKey = key
  resized([{ target, borderBoxSize: [{ blockSize: px, inlineSize: 1 }] } as unknown as ResizeObserverEntry])
}

test('a measured height counts for as long as its row is in the list, and is forgotten with it', () => {
  createRoot((dispose) => {
    const [keys, setKeys] = createSignal<readonly string[]>(['a', 'b'])
    const view = createRowWindow({ keys, scroller: () => undefined, usualPx: () => usualPx })
    measure('a', 50)
    measure('b', 60)
    expect(view.heightPx()).toBe(110)
    setKeys(['b', 'c'])
    measure('c', 70)
    expect(view.heightPx()).toBe(130)
    setKeys(['a', 'b', 'c'])
    expect([view.startPx('b'), view.heightPx()]).toEqual([usualPx, usualPx + 130])
    dispose()
  })
})

test('through a thousand rows that come and go, what is remembered is what is there', () => {
  createRoot((dispose) => {
    const [keys, setKeys] = createSignal<readonly string[]>([])
    const view = createRowWindow({ keys, scroller: () => undefined, usualPx: () => usualPx })
    const every: string[] = []
    for (let part = 0; part < 100; part += 1) {
      const news = Array.from({ length: 10 }, (_, n) => `${part}.${n}`)
      every.push(...news)
      setKeys(news)
      for (const key of news) measure(key, 50)
    }
    setKeys(every)
    expect(view.heightPx()).toBe(990 * usualPx + 10 * 50)
    dispose()
  })
})
