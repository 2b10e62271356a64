/** Random attempts at a config's life, by whom and upon what they saw; readable when one sequence is all that is left. */
import fc from 'fast-check'
import {
  type Attempt,
  type Caller,
  callers,
  type Person,
  type Spec,
  type SpecPolicy,
} from './approval-spec.ts'

/** Rules are hosts of a small pool, so that equal contents come about in more than one way. */
export const hosts = ['m0.example', 'm1.example', 'm2.example'] as const

/** Indices are taken modulo what there is. `isFresh`: they look first; else they go by what they saw before. */
interface Seeing {
  readonly by: Caller
  readonly config: number
  readonly isFresh: boolean
}
export type Command =
  | (Seeing & { kind: 'edit'; rules: readonly string[]; proxies: readonly number[] | null })
  | (Seeing & { kind: 'submit' | 'reject' | 'retire config' })
  /** Null: of what they saw; else another config's, or none that ever was. */
  | (Seeing & { kind: 'approve'; contentOf: number | 'nothing' | null })
  | (Seeing & { kind: 'restore'; version: number })
  | { kind: 'clone'; by: Caller; config: number; version: number | null }
  | { kind: 'retire proxy'; by: Caller; proxy: number }
  | { kind: 'enrol'; config: number }
  | { kind: 'policy'; by: Caller; policy: SpecPolicy }
  | { kind: 'exception'; by: Caller; isOn: boolean }
  | { kind: 'role'; of: Person; role: 'ADMIN' | 'REGULAR' }
  | { kind: 'end session' | 'log in'; of: Person }
  | { kind: 'look'; by: Caller; config: number }
export type Happening = { readonly kind: 'one'; readonly one: Command } | Race
/** Both are sent at once. */
interface Race {
  readonly kind: 'race'
  readonly both: readonly [Command, Command]
}

const weighted = <T>(...pairs: readonly [number, T][]) =>
  fc.oneof(...pairs.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })))
const by = weighted<Caller>(
  [5, 'ann'],
  [5, 'bob'],
  [2, 'root'],
  [1, 'rita'],
  [2, 'script'],
  [1, 'otherScript'],
)
const seeing = {
  by,
  config: weighted([4, 0], [2, 1], [1, 2]),
  isFresh: weighted([5, true], [1, false]),
}
const of = fc.constantFrom<Person>('ann', 'bob', 'rita')
const proxy = fc.nat(3)
const policy = fc.constantFrom<SpecPolicy>('SAME_USER', 'SECOND_PERSON')
const kind = <const K extends string>(name: K) => fc.constant(name)

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: kind('edit'),
      ...seeing,
      rules: fc.shuffledSubarray([...hosts]),
      proxies: fc.option(fc.subarray([0, 1, 2]), { nil: null }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: kind('submit'), ...seeing }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: kind('approve'),
      ...seeing,
      contentOf: weighted<number | 'nothing' | null>([8, null], [1, 0], [1, 1], [2, 'nothing']),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('reject'), ...seeing }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('restore'), ...seeing, version: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('retire config'), ...seeing }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('clone'),
      by,
      config: seeing.config,
      version: fc.option(fc.nat(2), { nil: null }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('retire proxy'), by, proxy }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('enrol'), config: seeing.config }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: kind('policy'), by: weighted<Caller>([4, 'root'], [1, 'ann']), policy }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('exception'), by: kind('root'), isOn: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('role'),
      of,
      role: fc.constantFrom('ADMIN' as const, 'REGULAR' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('end session' as const, 'log in' as const), of }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('look'), by: fc.constantFrom(...callers), config: seeing.config }),
  },
)

/** Which of two such was last is nothing that could be seen at once. */
const lastCounts: ReadonlySet<string> = new Set([
  'clone',
  'enrol',
  'role',
  'policy',
  'exception',
  'end session',
])
const canRace = ([one, other]: readonly [Command, Command]) =>
  one.kind !== 'log in' && other.kind !== 'log in' && !(one.kind === other.kind && lastCounts.has(one.kind))

const one = (command: Command): Happening => ({ kind: 'one', one: command })
const seen = (config: number) => ({ config, isFresh: true })
const edited = fc.record({ by, rules: fc.shuffledSubarray([...hosts]), proxies: fc.subarray([0, 1]) })

/** From an edit to an approval, by people who look first: by chance alone few would get there. */
const wholeWay: fc.Arbitrary<Happening[]> = fc
  .record({ config: seeing.config, edit: edited, submit: by, approve: by })
  .map(({ config, edit, submit, approve }) => [
    one({ kind: 'edit', ...edit, ...seen(config) }),
    one({ kind: 'submit', by: submit, ...seen(config) }),
    one({ kind: 'approve', by: approve, contentOf: null, ...seen(config) }),
  ])

/** What comes between a submission and its approval: another approval, settings, anything. */
const meddling: fc.Arbitrary<Happening[]> = fc.oneof(
  { weight: 2, arbitrary: wholeWay },
  {
    weight: 2,
    arbitrary: fc
      .record({ kind: kind('exception'), by: kind('root'), isOn: fc.boolean() })
      .map((each) => [one(each)]),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('policy'), by: kind('root'), policy }).map((each) => [one(each)]),
  },
  { weight: 3, arbitrary: command.map((each) => [one(each)]) },
)

/** The same in parts, and with something between. */
const way: fc.Arbitrary<Happening[]> = fc
  .record({
    config: seeing.config,
    edit: fc.option(edited),
    submit: fc.option(by),
    between: fc.option(meddling, { freq: 2 }),
    isAtOnce: fc.boolean(),
    approve: fc.option(by),
    isFresh: seeing.isFresh,
    contentOf: weighted<number | 'nothing' | null>([8, null], [1, 'nothing']),
  })
  .map(({ config, edit, submit, between, isAtOnce, approve, ...approval }) => [
    ...(edit ? [one({ kind: 'edit', ...edit, ...seen(config) })] : []),
    ...(submit ? [one({ kind: 'submit', by: submit, ...seen(config) })] : []),
    ...(approve ? [one({ kind: 'look', by: approve, config })] : []),
    ...last(between ?? [], approve && { kind: 'approve', by: approve, config, ...approval }, isAtOnce),
  ])

/** What comes between before the approval, or a single one of them at the same time. */
function last(
  between: readonly Happening[],
  approval: Command | null,
  isAtOnce: boolean,
): readonly Happening[] {
  const [first, ...more] = between
  if (approval === null) return between
  const isRace = isAtOnce && first?.kind === 'one' && more.length === 0 && canRace([first.one, approval])
  return isRace ? [{ kind: 'race', both: [first.one, approval] }] : [...between, one(approval)]
}

export const sequence: fc.Arbitrary<readonly Happening[]> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: way },
      { weight: 5, arbitrary: command.map((each): Happening[] => [one(each)]) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(command, command)
          .filter(canRace)
          .map((both): Happening[] => [{ kind: 'race', both }]),
      },
    ),
    { minLength: 2, maxLength: 7 },
  )
  .map((parts) => parts.flat())

/** What somebody saw of a config. */
export interface Seen {
  readonly revision: number
  readonly content: string | null
}
/** By caller and config. */
export type Memory = Map<string, Seen>

/** Turns a command into what is tried now; null: there is nothing to try it on, or it was only a look. */
export function attemptOf(spec: Spec, memory: Memory, command: Command): Attempt | null {
  switch (command.kind) {
    case 'look':
      see(spec, memory, { ...command, isFresh: true })
      return null
    case 'clone': {
      const config = command.config % spec.configs.length
      const versions = spec.configs[config]?.versions.length ?? 0
      const version = command.version === null || versions === 0 ? null : command.version % versions
      return { kind: 'clone', by: command.by, config, version }
    }
    case 'enrol':
      return { kind: 'enrol', config: command.config % spec.configs.length }
    case 'retire proxy':
      return { ...command, proxy: command.proxy % spec.proxies.length }
    case 'edit': {
      const { by, proxies } = command
      const { config, revision } = see(spec, memory, command)
      const known = proxies?.filter((each) => each < spec.proxies.length) ?? null
      return { kind: 'edit', by, config, revision, rules: [...command.rules], proxies: known }
    }
    case 'submit':
    case 'reject':
    case 'retire config': {
      const { config, revision } = see(spec, memory, command)
      return { kind: command.kind, by: command.by, config, revision }
    }
    case 'approve': {
      const { config, revision, content } = see(spec, memory, command)
      const other = contentSent(spec, command.contentOf, content)
      return other === null ? null : { kind: 'approve', by: command.by, config, revision, content: other }
    }
    case 'restore': {
      const { config, revision } = see(spec, memory, command)
      const versions = spec.configs[config]?.versions.length ?? 0
      if (versions === 0) return null
      return { kind: 'restore', by: command.by, config, revision, version: command.version % versions }
    }
    default:
      return command
  }
}

function contentSent(spec: Spec, of: number | 'nothing' | null, seen: string | null): string | null {
  if (of === 'nothing') return 'nothing of the kind'
  return of === null ? seen : (spec.configs[of]?.content ?? null)
}

function see(spec: Spec, memory: Memory, { by, config: wanted, isFresh }: Seeing): Seen & { config: number } {
  const config = wanted % spec.configs.length
  const place = `${by} ${config}`
  const { revision = 1, content = null } = spec.configs[config] ?? {}
  const seen = (isFresh ? undefined : memory.get(place)) ?? { revision, content }
  memory.set(place, seen)
  return { ...seen, config }
}

/** One line of a sequence, for whoever has to understand a failure. */
export function inWords(happened: Happening): string {
  if (happened.kind === 'one') return words(happened.one)
  return `at once: ${happened.both.map(words).join(' | and ')}`
}

function words(command: Command): string {
  const { kind, ...rest } = command
  const parts = Object.entries(rest).flatMap(([name, value]) =>
    value === null || (name === 'isFresh' && value === true) ? [] : [`${name} ${JSON.stringify(value)}`],
  )
  return `${kind}: ${parts.join(', ')}`
}
