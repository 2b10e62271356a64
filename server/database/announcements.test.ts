/** Streams of announcements: nothing is lost while the reader is busy, and nobody is left listening. */
import { expect, test, vi } from 'vitest'
import { createHub, encodeSubjects, type Subject, streamOf } from './announcements.ts'

function hub() {
  const { listen, tell } = createHub()
  let listeners = 0
  const counted: typeof listen = (concern, listener) => {
    listeners += 1
    const stop = listen(concern, listener)
    return () => {
      listeners -= 1
      stop()
    }
  }
  return { listen: counted, listeners: () => listeners, tell: (...subjects: Subject[]) => tell(subjects) }
}
const proxy = (id: string): Subject => ({ kind: 'proxy', id })

test('what comes while the reader is busy is kept, once per subject, in order', async () => {
  const { listen, tell } = hub()
  const stream = streamOf(listen, null)
  tell(proxy('a'), proxy('b'))
  tell(proxy('a'))
  expect(await stream.next()).toEqual({ value: proxy('a'), done: false })
  tell(proxy('a'))
  expect(await stream.next()).toEqual({ value: proxy('b'), done: false })
  expect(await stream.next()).toEqual({ value: proxy('a'), done: false })
  const waiting = stream.next()
  tell(proxy('c'))
  expect(await waiting).toEqual({ value: proxy('c'), done: false })
})

test('only what concerns the reader arrives', async () => {
  const { listen, tell } = hub()
  const stream = streamOf(listen, proxy('mine'))
  const arrived = vi.fn()
  const waiting = stream.next().then(arrived)
  tell(proxy('other'))
  await Promise.resolve()
  expect(arrived).not.toHaveBeenCalled()
  tell(proxy('mine'))
  await waiting
  expect(arrived).toHaveBeenCalledWith({ value: proxy('mine'), done: false })
})

test('"any of this kind" reaches all of the kind, and who waits for any hears each', () => {
  const { listen, tell } = createHub()
  const heard: string[] = []
  const hears = (name: string, concern: Subject | null) => listen(concern, () => void heard.push(name))
  hears('all', null)
  hears('a', proxy('a'))
  const stop = hears('b', proxy('b'))
  hears('any', { kind: 'proxy', id: null })
  hears('config a', { kind: 'config', id: 'a' })
  const told = (...subjects: Subject[]) => {
    tell(subjects)
    return heard.splice(0)
  }
  expect(told(proxy('a'))).toEqual(['all', 'a', 'any'])
  expect(told({ kind: 'proxy', id: null })).toEqual(['all', 'a', 'b', 'any'])
  expect(told(proxy('a'), { kind: 'config', id: 'a' })).toEqual(['all', 'a', 'any', 'config a'])
  stop()
  expect(told(proxy('b'))).toEqual(['all', 'any'])
})

test('a closed stream leaves no listener, also while its reader waits', async () => {
  const { listen, listeners, tell } = hub()
  const [idle, waiting] = [streamOf(listen, null), streamOf(listen, null)]
  expect(listeners()).toBe(2)
  const next = waiting.next()
  await idle.return?.()
  await waiting.return?.()
  expect(listeners()).toBe(0)
  expect(await next).toEqual({ value: undefined, done: true })
  tell(proxy('late'))
  expect(await idle.next()).toEqual({ value: undefined, done: true })
})

test('a reader far behind is told "any proxy" instead of every one', async () => {
  const { listen, tell } = hub()
  const stream = streamOf(listen, null)
  for (let index = 0; index < 5_000; index += 1) tell(proxy(String(index)))
  tell(proxy('last'))
  const received: Subject[] = []
  for (let count = 0; count < 1_001; count += 1) received.push((await stream.next()).value)
  expect(received.at(-1)).toEqual({ kind: 'proxy', id: null })
  await stream.return?.()
})

test('a payload stays below PostgreSQL’s limit however much has changed', () => {
  const ids = Array.from({ length: 500 }, (_, index) => index.toString().padStart(36, '0'))
  const kinds = ['config', 'proxy', 'user', 'session', 'api_token', 'enrolment_token', 'settings'] as const
  const forty = kinds.flatMap((kind) => ids.slice(0, 40).map((id) => ({ kind, id })))
  expect(encodeSubjects([forty]).map(({ length }) => length < 8_000)).toEqual([true])
  expect(encodeSubjects([ids.map(proxy)])).toEqual(['[["proxy",null]]'])
  expect(encodeSubjects([[proxy('a'), proxy('a')]])).toEqual(['[["proxy","a"]]'])
})

test('small changes of one commit share payloads, and none is lost in "any proxy"', () => {
  const changes = Array.from({ length: 100 }, (_, index) => [proxy(String(index))])
  const payloads = encodeSubjects(changes).map((payload) => JSON.parse(payload) as [string, string][])
  expect(payloads.map(({ length }) => length)).toEqual([40, 40, 20])
  expect(payloads.flat().map(([, id]) => id)).toEqual(changes.map(([subject]) => subject?.id))
})

test('a report names the memory that has taken it in, and those who ask for none don’t hear of it', () => {
  const report = { ...proxy('a'), toldTo: 'memory-1' }
  expect(encodeSubjects([[report], [proxy('b')], [report]])).toEqual([
    '[["proxy","a","memory-1"],["proxy","b"]]',
  ])
  const { listen, tell } = createHub()
  const heard: string[] = []
  listen(null, () => void heard.push('all'))
  listen(proxy('a'), () => void heard.push('a'))
  const stop = listen({ ...proxy('a'), withoutReports: true }, () => void heard.push('a, no reports'))
  tell([report])
  expect(heard.splice(0)).toEqual(['all', 'a'])
  tell([proxy('a')])
  expect(heard.splice(0)).toEqual(['all', 'a', 'a, no reports'])
  tell([{ kind: 'proxy', id: null }])
  expect(heard.splice(0)).toEqual(['all', 'a', 'a, no reports'])
  stop()
  tell([proxy('a')])
  expect(heard).toEqual(['all', 'a'])
})
