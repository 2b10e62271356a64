/** Fills a database with a fleet of any size: proxies in every state, configs with history, rules by the thousand. */
import { randomUUID } from 'node:crypto'
import { approveConfig } from '../../server/config/approve.ts'
import { type ConfigRow, readConfig } from '../../server/config/config.read.ts'
import { createConfig } from '../../server/config/create.ts'
import { submitConfig } from '../../server/config/submit.ts'
import { updateConfig } from '../../server/config/update.ts'
import type { Role } from '../../server/core/vocabulary.ts'
import type { Database } from '../../server/database/connect.ts'
import { createOperation, type Operation } from '../../server/operation.ts'
import { systemOperation } from '../../server/upkeep.ts'
import { addUser } from '../../server/user/add.ts'
import { createUser } from '../../server/user/create.ts'
import { disableUser } from '../../server/user/disable.ts'
import { hashPassword } from '../../server/user/password.ts'
import { type PlannedProxy, planProxies } from './seed-proxies.ts'
import { addProxies, addReports } from './seed-rows.ts'
import { makeRules, type SeedRule, seedClientRules, seedParents } from './seed-rules.ts'

export interface SeedSize {
  readonly proxies: number
  /** Rules of the two big configs. */
  readonly rules: number
  /** Small configs beside the named ones. */
  readonly configs: number
}

export interface SeededConfig {
  readonly id: string
  readonly name: string
}
export interface SeededUser {
  readonly id: string
  readonly email: string
  readonly password: string
}

export interface SeededFleet {
  readonly users: Readonly<Record<Role, SeededUser>>
  readonly configs: {
    /** Two versions, the newer one active and unedited; most proxies run it. */
    readonly big: SeededConfig
    /** As big, one version active, and an edit of a dozen rules submitted by `root`. */
    readonly pending: SeededConfig
    /** Four rules, never submitted; it has no parent yet, which its default needs. */
    readonly draft: SeededConfig
    /** A name and a description as long as they may be. */
    readonly long: SeededConfig
    /** No rules, no proxies. */
    readonly empty: SeededConfig
    /** Twenty rules, one version, active on some proxies. */
    readonly small: SeededConfig
  }
  /** The first seven have one status each. */
  readonly proxies: readonly PlannedProxy[]
}

/** Nothing but one user of each role: an instance on its first day. */
export async function seedUsers(db: Database): Promise<SeededFleet> {
  return {
    users: await addUsers(systemOperation({ db, clock: () => new Date() }, 'seed')),
    proxies: [],
    get configs(): never {
      throw new Error('nothing but users was seeded')
    },
  }
}

/** Everything through the server's own verbs but the proxies, whose agents there are too many to play. Once per database. */
export async function seedFleet(db: Database, size: Partial<SeedSize> = {}): Promise<SeededFleet> {
  const { proxies: proxyCount, rules: ruleCount, configs: configCount } = { ...smallSeed, ...size }
  const now = new Date()
  const daysAgo = (days: number) => () => new Date(now.getTime() - days * 86_400_000)
  const system = (days: number) => systemOperation({ db, clock: daysAgo(days) }, 'seed')

  const users = await addUsers(system(420))
  const by = (role: Role, days: number): Operation => {
    const { id, email } = users[role]
    const actor = {
      kind: 'user',
      id,
      name: email,
      role,
      sessionId: null,
      confirmedAt: null,
      scopes: null,
      configIds: null,
    } as const
    const origin = { address: '10.20.0.7', channel: 'ui', requestId: randomUUID() } as const
    return createOperation({ db, clock: daysAgo(days) }, actor, origin)
  }

  await createUser(by('root', 3), {
    email: 'ines.vasconcelos-de-albuquerque@branch-offices.corp.example',
    name: 'Inês Vasconcelos de Albuquerque',
    role: 'regular',
  })
  const { user: gone } = await createUser(by('root', 200), {
    email: 'gil.gone@apm.example',
    name: 'Gil Gone',
    role: 'admin',
    password: 'salt on the mountain',
  })
  await disableUser(by('root', 40), { id: gone.id })

  const planned = planProxies(proxyCount)
  await addProxies(system(401), planned, now)
  const assigned = planned.filter(({ status }) => status !== 'unassigned' && status !== 'retired')
  const share = (from: number, to: number) =>
    assigned.slice(Math.floor(from * assigned.length), Math.floor(to * assigned.length)).map(({ id }) => id)

  const bigRules = makeRules(ruleCount, now)
  const big = await makeConfig(by('root', 90), {
    name: 'Office egress',
    description: 'What every office and data centre may reach without the parents.',
    rules: bigRules.slice(0, Math.max(1, ruleCount - 10)),
    proxyIds: share(0, 0.05),
  })
  await approveEdit(by('root', 21), big, { rules: bigRules, proxyIds: share(0, 0.7) })

  const pendingRules = makeRules(ruleCount, now, 2)
  const pending = await makeConfig(by('admin', 60), {
    name: 'Branch offices',
    description: 'Branches with their own line.',
    rules: pendingRules,
    proxyIds: share(0.7, 0.8),
  })
  await submitEdit(by('root', 0.02), pending, {
    rules: aDozenChanges(pendingRules),
    proxyIds: share(0.68, 0.8),
  })

  const addRegion = (name: string, index: number) => {
    const [from, to] = [0.8 + index * (0.2 / regions.length), 0.8 + (index + 1) * (0.2 / regions.length)]
    const rules = makeRules(20 + index * 15, now, index + 3)
    return makeConfig(by('admin', 50 - index), { name, description: '', rules, proxyIds: share(from, to) })
  }
  const [first, ...others] = regions
  const small = await addRegion(first, 0)
  for (const [index, name] of others.entries()) await addRegion(name, index + 1)
  const draft = await createConfig(by('root', 1), {
    name: 'Laboratory',
    description: 'Measurements only.',
    defaultAction: 'parent',
    rules: makeRules(4, now, 90),
  })
  const long = await makeConfig(by('admin', 30), {
    name: 'Office egress, with the new data centre in São Paulo and every branch that has not moved off it yet',
    description: 'Sends the new data centre direct, and everything else to the parents as before. '
      .repeat(20)
      .trim(),
    rules: makeRules(12, now, 91),
    proxyIds: [],
  })
  const empty = await createConfig(by('root', 2), { name: 'Empty', description: '', defaultAction: 'direct' })
  for (let index = 0; index < configCount; index += 1) {
    await createConfig(by('admin', 10), {
      name: `Project ${String(index + 1).padStart(3, '0')}`,
      description: '',
      defaultAction: 'direct',
      rules: makeRules(3, now, 100 + index),
    })
  }
  // As of now, not of when all this began: what was seen then would be silent already.
  await addReports(system(0), planned, new Date())
  return { users, configs: { big, pending, draft, long, empty, small }, proxies: planned }
}

export const smallSeed: SeedSize = { proxies: 24, rules: 40, configs: 3 }
export const bigSeed: SeedSize = { proxies: 10_000, rules: 10_000, configs: 200 }

const regions = ['Data centre Frankfurt', 'Data centre São Paulo', 'Kubernetes egress', 'Partners'] as const

async function addUsers(op: Operation): Promise<Record<Role, SeededUser>> {
  const add = async (role: Role, name: string): Promise<SeededUser> => {
    const [email, password] = [`${role}@apm.example`, `${role}-password`]
    const { id } = await addUser(op, { email, name, role, passwordHash: await hashPassword(password) })
    return { id, email, password }
  }
  return {
    root: await add('root', 'Rosa Root'),
    admin: await add('admin', 'Ada Admin'),
    regular: await add('regular', 'Rui Regular'),
  }
}

interface ConfigPlan {
  readonly name: string
  readonly description: string
  readonly rules: readonly SeedRule[]
  readonly proxyIds: readonly string[]
}

/** Created and approved. */
async function makeConfig(op: Operation, plan: ConfigPlan): Promise<ConfigRow> {
  const { proxyIds, ...fields } = plan
  const created = await createConfig(op, {
    ...fields,
    defaultAction: 'parent',
    parentProxies: seedParents,
    clientRules: seedClientRules,
  })
  await approveEdit(op, created, { proxyIds })
  return created
}

type ConfigEdit = Partial<Pick<ConfigPlan, 'rules' | 'proxyIds'>>

async function submitEdit(op: Operation, { id }: SeededConfig, edit: ConfigEdit): Promise<ConfigRow> {
  const { revision } = await readConfig(op, id)
  const edited = await updateConfig(op, { id, revision, ...edit })
  return submitConfig(op, { id, revision: edited.revision })
}

async function approveEdit(op: Operation, config: SeededConfig, edit: ConfigEdit): Promise<void> {
  const { id, revision, configHash } = await submitEdit(op, config, edit)
  await approveConfig(op, { id, revision, configHash: configHash ?? '' })
}

/** A few of each kind: changed, switched off, removed, moved and added. */
function aDozenChanges(rules: readonly SeedRule[]): readonly SeedRule[] {
  const at = (share: number) => Math.floor(share * rules.length)
  const changed = rules.map((rule, index): SeedRule => {
    if (index === at(0.1)) return { ...rule, action: rule.action === 'direct' ? 'parent' : 'direct' }
    if (index === at(0.2) || index === at(0.21)) return { ...rule, enabled: !rule.enabled }
    if (index === at(0.5))
      return { ...rule, note: 'Asked for by the branch in Recife', owner: 'Network team' }
    return rule
  })
  const removed = new Set([at(0.3), at(0.6), at(0.9)])
  const kept = changed.filter((_, index) => !removed.has(index))
  const [moved] = kept.splice(at(0.7), 1)
  const added = ['branch-recife.corp.example', 'branch-manaus.corp.example', 'payments.partner.example'].map(
    (value): SeedRule => ({
      kind: 'domain',
      value,
      action: 'direct',
      enabled: true,
      note: 'New branches of the north',
      owner: 'Network team',
      expiresAt: null,
    }),
  )
  const front = kept.slice(0, 2)
  return [...front, ...added, ...(moved ? [moved] : []), ...kept.slice(2)]
}
