/**
 * What the approval path has to do, written down from what the product promises and from nothing in the server: a small
 * machine that says of every attempt whether it is done or refused, and what each proxy runs afterwards.
 */

export type Person = 'root' | 'ann' | 'bob' | 'rita'
/** People at a browser; Ann's API token with AUTHOR and APPROVE; another one of hers, for another config alone. */
export type Caller = Person | 'script' | 'otherScript'
export const people: readonly Person[] = ['root', 'ann', 'bob', 'rita']
export const callers: readonly Caller[] = [...people, 'script', 'otherScript']
export type SpecPolicy = 'SAME_USER' | 'SECOND_PERSON'
type SpecRole = 'ROOT' | 'ADMIN' | 'REGULAR'

/** What somebody tries, with the revision and the content that they saw. Indices of configs, versions and proxies. */
export type Attempt =
  | { kind: 'edit'; by: Caller; config: number; revision: number; rules: string[]; proxies: number[] | null }
  | { kind: 'submit' | 'reject' | 'retire config'; by: Caller; config: number; revision: number }
  | { kind: 'approve'; by: Caller; config: number; revision: number; content: string }
  | { kind: 'restore'; by: Caller; config: number; revision: number; version: number }
  | { kind: 'clone'; by: Caller; config: number; version: number | null }
  | { kind: 'retire proxy'; by: Caller; proxy: number }
  | { kind: 'enrol'; config: number }
  | { kind: 'policy'; by: Caller; policy: SpecPolicy }
  | { kind: 'exception'; by: Caller; isOn: boolean }
  | { kind: 'role'; of: Person; role: SpecRole }
  | { kind: 'end session' | 'log in'; of: Person }

export interface SpecVersion {
  readonly id: string
  readonly rules: readonly string[]
  readonly hasException: boolean
}

export interface SpecConfig {
  readonly status: 'DRAFT' | 'PENDING_APPROVAL' | 'ACTIVE'
  readonly revision: number
  readonly rules: readonly string[]
  readonly proxies: readonly number[]
  /** Since the last approval. */
  readonly authors: readonly Person[]
  readonly submittedBy: Person | null
  /** What was submitted, or is active: see `contentOf`; null in a draft. */
  readonly content: string | null
  readonly versions: readonly SpecVersion[]
  readonly isRetired: boolean
}

export interface SpecProxy {
  readonly runs: SpecVersion | null
  readonly follows: number | null
  readonly isRetired: boolean
}

export interface Spec {
  readonly policy: SpecPolicy
  readonly hasException: boolean
  readonly roles: Readonly<Record<Person, SpecRole>>
  readonly isLoggedIn: Readonly<Record<Person, boolean>>
  readonly configs: readonly SpecConfig[]
  readonly proxies: readonly SpecProxy[]
}

/** Two drafts of Ann's, two proxies that run nothing, Ann and Bob administrators, Rita read only. */
export function firstSpec(policy: SpecPolicy): Spec {
  const idle: SpecProxy = { runs: null, follows: null, isRetired: false }
  return {
    policy,
    hasException: false,
    roles: { root: 'ROOT', ann: 'ADMIN', bob: 'ADMIN', rita: 'REGULAR' },
    isLoggedIn: { root: true, ann: true, bob: true, rita: true },
    configs: [draft([], 'ann'), draft([], 'ann')],
    proxies: [idle, idle],
  }
}

/** The next state, or null: refused, and nothing is changed. */
export function after(spec: Spec, attempt: Attempt): Spec | null {
  switch (attempt.kind) {
    case 'role':
      return { ...spec, roles: { ...spec.roles, [attempt.of]: attempt.role } }
    case 'end session':
    case 'log in':
      return { ...spec, isLoggedIn: { ...spec.isLoggedIn, [attempt.of]: attempt.kind === 'log in' } }
    case 'policy':
      return isRoot(spec, attempt.by) ? { ...spec, policy: attempt.policy } : null
    case 'exception':
      return isRoot(spec, attempt.by) ? { ...spec, hasException: attempt.isOn } : null
    case 'enrol':
      return enrolled(spec, attempt.config)
    case 'retire proxy':
      return isAdministrator(spec, attempt.by) && attempt.by !== 'script'
        ? withoutProxy(spec, attempt.proxy)
        : null
    case 'clone':
      return isAdministrator(spec, attempt.by) ? cloned(spec, attempt) : null
    default:
      return isAdministrator(spec, attempt.by) ? step(spec, attempt) : null
  }
}

type Step = Extract<Attempt, { revision: number }>

function step(spec: Spec, attempt: Step): Spec | null {
  const config = spec.configs[attempt.config]
  if (!config || config.isRetired || config.revision !== attempt.revision) return null
  const by = personOf(attempt.by)
  const next = (changed: Partial<SpecConfig>): Spec => ({
    ...spec,
    configs: spec.configs.map((each) => (each === config ? { ...config, ...changed } : each)),
  })
  const authors = [...new Set([...config.authors, by])]
  const listsRetired = (list: readonly number[]) => list.some((proxy) => spec.proxies[proxy]?.isRetired)
  switch (attempt.kind) {
    case 'edit': {
      const proxies = attempt.proxies ?? config.proxies
      if (attempt.proxies && listsRetired(proxies)) return null
      const edited = { rules: attempt.rules, proxies, revision: config.revision + 1, authors }
      return next({ ...edited, ...nothingSubmitted })
    }
    case 'submit': {
      if (config.status !== 'DRAFT' || listsRetired(config.proxies)) return null
      return next({ status: 'PENDING_APPROVAL', submittedBy: by, content: contentOf(spec, config) })
    }
    case 'reject':
      return config.status === 'PENDING_APPROVAL' ? next(nothingSubmitted) : null
    case 'restore': {
      const version = config.versions[attempt.version]
      if (!version || listsRetired(config.proxies)) return null
      const restored = { ...config, rules: version.rules, revision: config.revision + 1, authors }
      const content = contentOf(spec, restored)
      return next({ ...restored, status: 'PENDING_APPROVAL', submittedBy: by, content })
    }
    case 'retire config': {
      const isUsed = spec.proxies.some(
        ({ runs, follows }) => follows === attempt.config || (runs && config.versions.includes(runs)),
      )
      return isUsed ? null : next({ ...nothingSubmitted, isRetired: true })
    }
    case 'approve':
      return approved(spec, config, attempt, by)
  }
}

const nothingSubmitted = { status: 'DRAFT', submittedBy: null, content: null } as const

function approved(spec: Spec, config: SpecConfig, attempt: Step & { kind: 'approve' }, by: Person) {
  if (config.status !== 'PENDING_APPROVAL') return null
  if (config.content !== attempt.content) return null
  // What the hash covers must still be so: the rendering, and who runs the proxies.
  if (config.content !== contentOf(spec, config)) return null
  if (config.proxies.some((proxy) => spec.proxies[proxy]?.isRetired)) return null
  const isSubmitter = config.submittedBy === by
  if (spec.policy === 'SAME_USER' && !isSubmitter) return null
  if (spec.policy === 'SECOND_PERSON' && (isSubmitter || config.authors.includes(by))) return null
  const version: SpecVersion = {
    id: `${attempt.config}.${config.versions.length + 1}`,
    rules: config.rules,
    hasException: spec.hasException,
  }
  const now: SpecConfig = {
    ...config,
    status: 'ACTIVE',
    authors: [],
    versions: [...config.versions, version],
  }
  return {
    ...spec,
    configs: spec.configs.map((each) => (each === config ? now : each)),
    proxies: spec.proxies.map((proxy, index): SpecProxy => {
      if (proxy.isRetired) return proxy
      const isFollower = proxy.follows === attempt.config
      // Named by hand in another config: it follows no more.
      if (config.proxies.includes(index) || isFollower)
        return { ...proxy, runs: version, follows: isFollower ? proxy.follows : null }
      return proxy.runs && config.versions.includes(proxy.runs) ? { ...proxy, runs: null } : proxy
    }),
  }
}

function enrolled(spec: Spec, index: number): Spec | null {
  const config = spec.configs[index]
  if (!config || config.isRetired) return null
  const proxy = { runs: config.versions.at(-1) ?? null, follows: index, isRetired: false }
  return { ...spec, proxies: [...spec.proxies, proxy] }
}

function withoutProxy(spec: Spec, index: number): Spec | null {
  if (spec.proxies[index]?.isRetired !== false) return null
  const gone: SpecProxy = { runs: null, follows: null, isRetired: true }
  return { ...spec, proxies: spec.proxies.map((proxy, at) => (at === index ? gone : proxy)) }
}

function cloned(spec: Spec, { config, version, by }: Attempt & { kind: 'clone' }): Spec | null {
  const source = spec.configs[config]
  if (!source) return null
  const rules = version === null ? source.rules : source.versions[version]?.rules
  return rules ? { ...spec, configs: [...spec.configs, draft(rules, personOf(by))] } : null
}

function draft(rules: readonly string[], by: Person): SpecConfig {
  const working = { revision: 1, rules, proxies: [], authors: [by], versions: [], isRetired: false }
  return { ...working, ...nothingSubmitted }
}

/** Everything that a config's hash covers: equal contents have equal hashes, others have others. */
export function contentOf(spec: Spec, { rules, proxies }: Pick<SpecConfig, 'rules' | 'proxies'>): string {
  const run = [...proxies].sort().map((proxy) => [proxy, spec.proxies[proxy]?.runs?.id ?? null])
  return JSON.stringify({ rules, hasException: spec.hasException, run })
}

export function personOf(caller: Caller): Person {
  return caller === 'script' || caller === 'otherScript' ? 'ann' : caller
}

/** A token needs no session, but goes no further than its owner's role. */
function isAdministrator(spec: Spec, caller: Caller): boolean {
  if (caller === 'otherScript') return false
  const isKnown = caller === 'script' || spec.isLoggedIn[caller]
  return isKnown && spec.roles[personOf(caller)] !== 'REGULAR'
}

function isRoot(spec: Spec, caller: Caller): boolean {
  return caller === 'root' && spec.isLoggedIn.root
}
