/** What two samples say of the time between them, for any of them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CountedSample,
  countsOf,
  type Increase,
  increaseBetween,
  longestGapSeconds,
  rateOf,
  statsCounters,
} from './stats.ts'

const start = Date.UTC(2026, 0, 1)
const at = (seconds: number) => new Date(start + seconds * 1_000)

function sample(seconds: number, requests: number | null, life: Partial<CountedSample> = {}): CountedSample {
  return {
    at: at(seconds),
    atsStartedAt: at(-1_000),
    countersContinue: false,
    ...countsOf((counter) => (counter === 'requests' ? requests : 0)),
    ...life,
  }
}

const unknown = { seconds: null, requests: null }

describe('one step', () => {
  test('counts what was added, and the seconds that it took', () => {
    expect(increaseBetween(sample(0, 100), sample(30, 160))).toMatchObject({
      seconds: 30,
      requests: 60,
      restarts: 0,
    })
  })
  test.each([
    ['there is none before', null, sample(30, 5)],
    ['it comes again', sample(30, 5), sample(30, 5)],
    ['it is late', sample(30, 5), sample(10, 3)],
    ['ATS could not be asked before', sample(0, 5, { atsStartedAt: null }), sample(30, 9)],
    ['ATS can’t be asked now', sample(0, 5), sample(30, 9, { atsStartedAt: null })],
    ['the gap is too long', sample(0, 5), sample(longestGapSeconds + 1, 9)],
  ])('says nothing when %s', (_why, before, after) => {
    expect(increaseBetween(before, after)).toMatchObject(unknown)
  })
  test('a count that fell without a start is not known, the others are', () => {
    const increase = increaseBetween(sample(0, 100), sample(30, 3))
    expect(increase).toMatchObject({ seconds: 30, requests: null, connectRequests: 0 })
  })
  test('a count that is missing on either side is missing, not zero', () => {
    expect(increaseBetween(sample(0, null), sample(30, 3)).requests).toBeNull()
    expect(increaseBetween(sample(0, 3), sample(30, null)).requests).toBeNull()
  })
  test('after a start the count is what has happened since', () => {
    const after = sample(30, 7, { atsStartedAt: at(10) })
    expect(increaseBetween(sample(0, 1_000), after)).toMatchObject({ requests: 7, restarts: 1, seconds: 30 })
    expect(increaseBetween(sample(0, 3), after)).toMatchObject({ requests: 7, restarts: 1 })
  })
  test('after a start that goes on from old counts it is the difference, never the sum of a life', () => {
    const life = { atsStartedAt: at(10), countersContinue: true }
    expect(increaseBetween(sample(0, 1_000), sample(30, 1_007, life))).toMatchObject({ requests: 7 })
    // Its snapshot was a little older than our sample.
    expect(increaseBetween(sample(0, 1_000), sample(30, 998, life))).toMatchObject({ requests: null })
  })
  test('a start is seen over a gap as well', () => {
    const after = sample(longestGapSeconds + 1, 7, { atsStartedAt: at(10) })
    expect(increaseBetween(sample(0, 1_000), after)).toMatchObject({ ...unknown, restarts: 1 })
  })
})

/** A life of an ATS: at each step seconds pass and requests come, and sometimes it starts anew. */
const steps = fc.array(
  fc.record({
    seconds: fc.integer({ min: 1, max: longestGapSeconds }),
    requests: fc.nat(1_000_000),
    isRestart: fc.boolean(),
    continues: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
)

interface Told {
  readonly samples: readonly CountedSample[]
  readonly requests: number
  readonly seconds: number
}

/** Every sample of it; with restarts right after a sample, so that none is unseen. */
function told(
  history: readonly { seconds: number; requests: number; isRestart: boolean; continues: boolean }[],
): Told {
  const samples = [sample(0, 0)]
  let [now, count, total] = [0, 0, 0]
  let life: Partial<CountedSample> = {}
  for (const { seconds, requests, isRestart, continues } of history) {
    if (isRestart) {
      life = { atsStartedAt: at(now + 0.5), countersContinue: continues }
      if (!continues) count = 0
    }
    now += seconds
    count += requests
    total += requests
    samples.push(sample(now, count, life))
  }
  return { samples, requests: total, seconds: now }
}

function chained(samples: readonly CountedSample[]): readonly Increase[] {
  return samples.map((each, index) => increaseBetween(samples[index - 1] ?? null, each))
}

const sum = (increases: readonly Increase[], key: 'requests' | 'seconds') =>
  increases.reduce((total, each) => total + (each[key] ?? 0), 0)

describe('any life of an ATS', () => {
  test('its increases sum up to exactly what happened, over restarts of both kinds', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const { samples, requests, seconds } = told(history)
        const increases = chained(samples)
        expect(sum(increases, 'requests')).toBe(requests)
        expect(sum(increases, 'seconds')).toBe(seconds)
      }),
    )
  })
  test('a sample that was lost, repeated or told late changes no sum while ATS runs', () => {
    const runs = steps.map((history) => history.map((step) => ({ ...step, seconds: 10, isRestart: false })))
    fc.assert(
      fc.property(runs, fc.infiniteStream(fc.constantFrom('kept', 'lost', 'repeated')), (history, fates) => {
        const { samples, requests } = told(history)
        const [first, last] = [samples[0], samples.at(-1)] as [CountedSample, CountedSample]
        const between = samples.slice(1, -1).flatMap((each) => {
          const fate = fates.next().value
          return fate === 'lost' ? [] : fate === 'repeated' ? [each, each] : [each]
        })
        expect(sum(chained([first, ...between, last]), 'requests')).toBe(requests)
      }),
    )
  })
  test('whatever the clock does, no increase is negative and no time runs backwards', () => {
    const wild = fc.array(
      fc.record({
        seconds: fc.integer({ min: -100_000, max: 100_000 }),
        requests: fc.option(fc.nat()),
        startedAt: fc.option(fc.integer({ min: -100_000, max: 100_000 })),
        countersContinue: fc.boolean(),
      }),
    )
    fc.assert(
      fc.property(wild, (looks) => {
        const samples = looks.map(({ seconds, requests, startedAt, countersContinue }) =>
          sample(seconds, requests, {
            atsStartedAt: startedAt === null ? null : at(startedAt),
            countersContinue,
          }),
        )
        for (const { seconds, ...counts } of chained(samples)) {
          expect(seconds === null || seconds > 0).toBe(true)
          expect(statsCounters.every((counter) => (counts[counter] ?? 0) >= 0)).toBe(true)
          if (seconds === null) expect(statsCounters.every((counter) => counts[counter] === null)).toBe(true)
        }
      }),
    )
  })
})

test('a rate needs an amount and a time', () => {
  expect(rateOf(60, 30)).toBe(2)
  expect([rateOf(null, 30), rateOf(60, null), rateOf(60, 0)]).toEqual([null, null, null])
})
