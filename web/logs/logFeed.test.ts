import { createRoot } from 'solid-js'
import { beforeEach, expect, test, vi } from 'vitest'
import { createLogFeed, mostLines } from './logFeed.ts'
import type { Batch } from './shownLine.ts'

/** What the server would say, by proxy. */
const told = vi.hoisted(() => new Map<string, (data: { logLines: unknown }) => void>())
vi.mock('../changes.ts', () => ({
  follow(_document: unknown, { proxyId }: { proxyId: string }, onNews: (data: unknown) => void) {
    told.set(proxyId, onNews)
    return () => told.delete(proxyId)
  },
}))
beforeEach(() => told.clear())

const startedAt = Date.parse('2026-03-01T10:00:00Z')
let cursor = 0
function say(proxyId: string, seconds: readonly number[], more: Partial<Batch> = {}): void {
  const edges = seconds.map((second) => {
    cursor += 1
    const at = new Date(startedAt + second * 1_000).toISOString()
    return {
      cursor: `${cursor}`,
      node: { at, storedAt: at, text: `${proxyId}${second}`, gap: null, lost: null },
    }
  })
  told.get(proxyId)?.({ logLines: { dropped: 0, deleted: 0, hasEarlier: false, edges, ...more } })
}
type Feed = ReturnType<typeof createLogFeed>
async function withFeed(ids: readonly string[], work: (feed: Feed) => Promise<void>): Promise<void> {
  const { feed, dispose } = createRoot((end) => ({
    feed: createLogFeed(
      ids.map((id) => ({ id, hostname: `${id}.example` })),
      false,
    ),
    dispose: end,
  }))
  await work(feed)
  dispose()
}
const shown = (feed: Feed) =>
  feed.lines().map(({ text, gap, lost }) => (gap === null ? text : `${gap} ${lost}`))

test('what was deleted, too much or not asked for is told where it would be', async () => {
  await withFeed(['a'], async (feed) => {
    say('a', [1, 2], { hasEarlier: true })
    say('a', [9], { deleted: 4, dropped: 3 })
    await vi.waitFor(() => expect(feed.lines().length).toBe(6))
    expect(shown(feed)).toEqual(['EARLIER null', 'a1', 'a2', 'DELETED 4', 'SKIPPED 3', 'a9'])
    expect(new Set(feed.lines().map(({ key }) => key)).size).toBe(6)
  })
})

test('after a long pause no line is missing between those that are shown: what was held is counted, the oldest goes whole', async () => {
  await withFeed(['a', 'b'], async (feed) => {
    // The clock of a's host is ahead: its lines come last.
    say('a', [90_000])
    say('b', [1, 99_000])
    await vi.waitFor(() => expect(feed.lines().length).toBe(3))
    feed.pause()
    const seconds = Array.from({ length: mostLines + 5 }, (_, n) => 10 + n)
    say('b', seconds)
    await vi.waitFor(() => expect(feed.heldCount()).toBe(mostLines + 5))
    feed.follow()
    const lines = shown(feed)
    expect(lines.length).toBe(mostLines)
    expect(lines.at(-1)).toBe('a90000')
    // Of b those that came last, without a hole, and not the one from before.
    expect(lines.slice(0, -1)).toEqual(seconds.slice(-mostLines + 1).map((second) => `b${second}`))
    expect(feed.heldCount()).toBe(0)
  })
})
