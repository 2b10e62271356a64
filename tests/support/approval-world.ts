/** Carries attempts at approvals out on the real server, and looks at what became of them: configs, offers, the trail. */
import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import type { TestAgent } from './agents.ts'
import { enrol, enrolmentToken } from './agents.ts'
import { hosts } from './approval-commands.ts'
import {
  type Attempt,
  type Caller,
  type Person,
  people,
  type Spec,
  type SpecPolicy,
  type SpecVersion,
} from './approval-spec.ts'
import { configMutation, newApiToken, newConfig, unique } from './calls.ts'
import type { ApiClient, Data, TestServer, TestUser } from './server.ts'

/** An address range that is denied as long as no setting says otherwise. */
const exception = '127.0.0.0/8'
/** Sessions end after two minutes without a beacon: everybody logs in anew before. */
const freshForMs = 60_000
/** How long an announcement may take to be heard, on a machine that does something else. */
const patienceMs = 20_000

/** One server and its people, for many sequences. */
export interface ApprovalCast {
  readonly server: TestServer
  readonly users: Readonly<Record<Person, TestUser>>
  readonly clients: Map<Caller, ApiClient>
  /** What the sequence before has left, as it was set. */
  readonly roles: Map<Person, string>
  policy: SpecPolicy
  hasException: boolean
  readonly enrolmentToken: string
  /** Whose sessions were ended. */
  readonly ended: Set<Person>
  freshAt: number
}

const usualRoles = { ann: 'ADMIN', bob: 'ADMIN', rita: 'REGULAR' } as const

export async function startCast(server: TestServer): Promise<ApprovalCast> {
  const users = {
    root: await server.user('root'),
    ann: await server.user('admin'),
    bob: await server.user('admin'),
    rita: await server.user('regular'),
  }
  const clients = new Map<Caller, ApiClient>(people.map((person) => [person, users[person]]))
  const script = await newApiToken(users.ann, ['AUTHOR', 'APPROVE'])
  const configIds = [(await newConfig(users.ann)).id]
  const other = await newApiToken(users.ann, ['AUTHOR', 'APPROVE'], configIds)
  clients.set('script', server.client(script.token)).set('otherScript', server.client(other.token))
  return {
    server,
    users,
    clients,
    roles: new Map<Person, string>(Object.entries(usualRoles) as [Person, string][]),
    policy: 'SAME_USER',
    hasException: false,
    enrolmentToken: await enrolmentToken(users.root, { maxUses: 10_000 }),
    ended: new Set(),
    freshAt: Date.now(),
  }
}

/** What the world keeps beside the server, by the spec's indices. */
export interface ApprovalWorld {
  try(attempt: Attempt): Promise<boolean>
  /** @throws when a config is not as it should be */
  expectConfigs(spec: Spec): Promise<void>
  /**
   * @param visited every state since the last look, the newest last
   * @throws when a proxy is offered what nobody approved for it, or is never offered what was
   */
  expectOffers(visited: readonly Spec[]): Promise<void>
  /** The trail of this sequence alone has to tell that every approval was right. */
  expectTrail(): Promise<void>
}

const configFields =
  'status revision configHash rules { value } submittedBy { id } activeVersion { configHash }'
const filesOfConfig = 'query ($id: ID!) { config(id: $id) { configHash files { generation name content } } }'

export async function startWorld(cast: ApprovalCast, policy: SpecPolicy): Promise<ApprovalWorld> {
  const { server, users, clients } = cast
  const by = (caller: Caller): ApiClient => clients.get(caller) ?? server.client(null)
  await everybodyFresh(cast)
  const root = by('root')
  if (cast.policy !== policy || cast.hasException) {
    await updateSettings(root, { approvalPolicy: policy, outboundExceptions: [] })
    Object.assign(cast, { policy, hasException: false })
  }
  for (const [person, role] of Object.entries(usualRoles) as [Person, string][]) {
    if (cast.roles.get(person) !== role) await changeRole(cast, person, role)
  }
  const newAgent = async (from: string) => {
    const agent = await enrol(server, from, `${unique('proxy')}.test.example`)
    await agent.sync(null)
    return agent
  }
  const [begunAt] = await server.database.sql`select coalesce(max(id), 0)::int as id from audit_logs`
  const firstDraft = async (): Promise<string> => {
    const parentProxies = [{ host: '10.9.8.7', port: 3128, priority: 1 }]
    const input = { name: unique('config'), defaultAction: 'PARENT', parentProxies }
    return (await by('ann').get(configMutation('createConfig', 'id'), { input })).createConfig.config.id
  }
  const configIds = [await firstDraft(), await firstDraft()]
  const versionIds = new Map<string, string>()
  const agents: TestAgent[] = await Promise.all([
    newAgent(cast.enrolmentToken),
    newAgent(cast.enrolmentToken),
  ])

  /** Which hash each content was given, and the bytes that a reviewer saw under it. */
  const hashes = new Map<string, string>()
  const reviewed = new Map<string, ReadonlyMap<string, string>>()
  /** What each proxy was right to be offered at some time, the newest last. */
  const rightOffers: (string | null)[][] = [[null], [null]]

  async function send(caller: Caller, mutation: string, input: Record<string, unknown>): Promise<boolean> {
    return isDone(
      await by(caller).send(configMutation(mutation, 'id activeVersion { id number }'), { input }),
    )
  }

  async function carryOut(attempt: Attempt): Promise<boolean> {
    switch (attempt.kind) {
      case 'edit': {
        const rules = attempt.rules.map((value) => ({ kind: 'HOST', value, action: 'DIRECT' }))
        const proxyIds = attempt.proxies?.map((proxy) => agents[proxy]?.proxyId)
        const { revision } = attempt
        return send(attempt.by, 'updateConfig', {
          id: configIds[attempt.config],
          revision,
          rules,
          ...(proxyIds && { proxyIds }),
        })
      }
      case 'submit':
        return send(attempt.by, 'submitConfig', { id: configIds[attempt.config], revision: attempt.revision })
      case 'reject':
      case 'retire config': {
        const input = { id: configIds[attempt.config], revision: attempt.revision, reason: 'so it goes' }
        return send(attempt.by, attempt.kind === 'reject' ? 'rejectConfig' : 'retireConfig', input)
      }
      case 'approve': {
        const configHash = hashes.get(attempt.content) ?? 'never seen'
        return send(attempt.by, 'approveConfig', {
          id: configIds[attempt.config],
          revision: attempt.revision,
          configHash,
        })
      }
      case 'restore': {
        const versionId = versionIds.get(`${attempt.config}.${attempt.version + 1}`)
        return send(attempt.by, 'restoreVersion', { versionId, revision: attempt.revision })
      }
      case 'clone': {
        const versionId =
          attempt.version === null ? null : versionIds.get(`${attempt.config}.${attempt.version + 1}`)
        const input = { id: configIds[attempt.config], name: unique('clone'), versionId }
        const answer = await by(attempt.by).send(configMutation('cloneConfig', 'id'), { input })
        if (!isDone(answer)) return false
        configIds.push(answer.data.cloneConfig.config.id)
        return true
      }
      case 'retire proxy':
        return isDone(
          await by(attempt.by).send(
            'mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { id } } }',
            {
              input: { id: agents[attempt.proxy]?.proxyId },
            },
          ),
        )
      case 'enrol': {
        const following = await enrolmentToken(root, {
          name: unique('token'),
          configId: configIds[attempt.config],
          maxUses: 1,
        }).catch(() => null)
        if (following === null) return false
        agents.push(await newAgent(following))
        rightOffers.push([null])
        return true
      }
      case 'policy': {
        const isDone = await updateSettings(by(attempt.by), { approvalPolicy: attempt.policy })
        if (isDone) cast.policy = attempt.policy
        return isDone
      }
      case 'exception': {
        const outboundExceptions = attempt.isOn ? [exception] : []
        const isDone = await updateSettings(by(attempt.by), { outboundExceptions })
        if (isDone) cast.hasException = attempt.isOn
        return isDone
      }
      case 'role':
        await changeRole(cast, attempt.of, attempt.role)
        return true
      case 'end session':
        cast.ended.add(attempt.of)
        await endSessions(root, users[attempt.of].id)
        return true
      case 'log in':
        await logIn(cast, attempt.of)
        return true
    }
  }

  return {
    try: carryOut,

    async expectConfigs(spec) {
      const fields = configIds.map(
        (id, index) =>
          `c${index}: config(id: "${id}") { ${configFields} versions(first: 100) { edges { node { id number } } } }`,
      )
      const found = await root.get(`{ ${fields.join(' ')} }`)
      expect(configIds.length).toBe(spec.configs.length)
      for (const [index, config] of spec.configs.entries()) {
        const seen: Data = found[`c${index}`]
        expect(`config ${index}: ${describe(seen, users)}`).toBe(
          `config ${index}: ${config.status} ${config.revision} [${config.rules}] by ${config.submittedBy}`,
        )
        for (const { node } of seen.versions.edges) versionIds.set(`${index}.${node.number}`, node.id)
        expect(seen.versions.edges.length).toBe(config.versions.length)
        if (config.content === null) expect(seen.configHash).toBe(null)
        else await expectContent(config.content, seen.configHash, configIds[index] ?? '')
      }
    },

    async expectOffers(visited) {
      for (const { configs, proxies } of visited) {
        for (const [index, { runs, follows, isRetired }] of proxies.entries()) {
          const known = rightOffers[index] ?? []
          // It may have enrolled just before the version that is the newest now.
          if (known.length === 1 && follows !== null) {
            known.push(...(configs[follows]?.versions ?? []).map(bytesOf))
          }
          const right = runs && !isRetired ? bytesOf(runs) : null
          if (known.at(-1) !== right) known.push(right)
        }
      }
      await Promise.all(agents.map((agent, index) => expectOffer(agent, rightOffers[index] ?? [])))
    },

    async expectTrail() {
      const rows = await server.database
        .sql`select action, actor_id, entity_id, new_value from audit_logs where id > ${begunAt?.id} order by id`
      const settings = { policy: policy.toLowerCase() }
      const submitted = new Map<string, { by: string; hash: string }>()
      const authors = new Map<string, Set<string>>()
      for (const { action, actor_id: actor, entity_id: id, new_value: value } of rows) {
        const wrote = authors.get(id) ?? new Set<string>()
        authors.set(id, wrote)
        if (action === 'settings.update' && value?.approvalPolicy) settings.policy = value.approvalPolicy
        if (/^config\.(create|clone|update|restore)$/.test(action)) wrote.add(actor)
        if (/^config\.(update|reject|retire)$/.test(action)) submitted.delete(id)
        if (/^config\.(submit|restore)$/.test(action))
          submitted.set(id, { by: actor, hash: value.configHash })
        if (action !== 'config.approve') continue
        const submission = submitted.get(id)
        const isSecond = settings.policy === 'second_person'
        const isRight = isSecond ? actor !== submission?.by && !wrote.has(actor) : actor === submission?.by
        expect({ approved: value.configHash, isRight }).toEqual({ approved: submission?.hash, isRight: true })
        submitted.delete(id)
        wrote.clear()
      }
    },
  }

  /** Equal contents have equal hashes, others have others; a new one is reviewed: its bytes are kept. */
  async function expectContent(content: string, hash: string, configId: string): Promise<void> {
    const known = hashes.get(content)
    if (known === undefined) {
      expect([...hashes.values()]).not.toContain(hash)
      hashes.set(content, hash)
    } else expect(hash).toBe(known)
    const { rules, hasException } = JSON.parse(content)
    const key = bytesOf({ rules, hasException })
    if (reviewed.has(key)) return
    const { config } = await root.get(filesOfConfig, { id: configId })
    const files = config.files.filter(({ generation }: Data) => generation === 'ATS_9_2')
    expect(files.length).toBe(3)
    reviewed.set(key, new Map(files.map(({ name, content: bytes }: Data) => [name, bytes])))
    const parentConfig: string = reviewed.get(key)?.get('parent.config') ?? ''
    expect(hosts.filter((host) => parentConfig.includes(`dest_host=${host} `)).sort()).toEqual(
      [...rules].sort(),
    )
  }

  async function expectOffer(agent: TestAgent, right: readonly (string | null)[]): Promise<void> {
    for (const end = Date.now() + patienceMs; ; await wait(5)) {
      const offered = await offeredTo(agent)
      const matching = right.filter((content) => isOffer(offered, content))
      // Older right ones may be told until the announcement is heard; what was never right may not.
      expect(
        matching.length,
        `${agent.hostname} is offered what nobody approved for it: ${JSON.stringify(offered)}`,
      ).toBeGreaterThan(0)
      if (matching.includes(right.at(-1) ?? null)) return
      expect(Date.now(), `${agent.hostname} is not offered what was approved`).toBeLessThan(end)
    }
  }

  function isOffer(offered: Data, content: string | null): boolean {
    if (content === null || offered === null) return content === offered
    const bytes = reviewed.get(content)
    return (
      offered.files.length === bytes?.size &&
      offered.files.every(({ name, content: text }: Data) => bytes?.get(name) === text)
    )
  }
}

/** What decides over the bytes. */
function bytesOf({ rules, hasException }: Pick<SpecVersion, 'rules' | 'hasException'>): string {
  return JSON.stringify([rules, hasException])
}

/** The files that an agent which has nothing would be given; null: none. Their hash is computed here once more. */
async function offeredTo(agent: TestAgent): Promise<Data> {
  const { status, data } = await agent
    .client()
    .send(
      'mutation ($input: SyncInput!) { sync(input: $input) { upToDate hash files { name content } records { name type value } } }',
      { input: { hostname: agent.hostname, hash: null, atsVersion: '9.2.9', agentVersion: 'test' } },
    )
  if (status === 401) return null
  const { upToDate, hash, files, records } = data.sync
  if (upToDate) {
    expect(hash).toBe(null)
    return null
  }
  expect(digestOf(files, records)).toBe(hash)
  return { files, hash }
}

/** As docs/protocol.md has it: names, lengths and bytes. */
function digestOf(files: readonly Data[], records: readonly Data[]): string {
  const sorted = (list: readonly Data[]) => [...list].sort((a, b) => (a.name < b.name ? -1 : 1))
  const parts: string[] = []
  for (const { name, content } of sorted(files)) parts.push('file', name, content)
  for (const { name, type, value } of sorted(records)) parts.push('record', name, type, value)
  const bytes = parts.map((part) => Buffer.from(part))
  return createHash('sha256')
    .update(Buffer.concat(bytes.flatMap((part) => [Buffer.from(`${part.length}:`), part])))
    .digest('hex')
}

function describe({ status, revision, rules, submittedBy }: Data, users: ApprovalCast['users']): string {
  const by = status === 'DRAFT' ? null : people.find((person) => users[person].id === submittedBy?.id)
  return `${status} ${revision} [${rules.map(({ value }: Data) => value)}] by ${by}`
}

/** Refusals are data; anything else that goes wrong is a bug. */
function isDone({
  errors,
}: {
  readonly errors: readonly { message: string; extensions: { code: string } }[]
}): boolean {
  const refusals = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'BAD_USER_INPUT']
  for (const { message, extensions } of errors) expect(refusals, message).toContain(extensions.code)
  return errors.length === 0
}

async function updateSettings(by: ApiClient, input: Record<string, unknown>): Promise<boolean> {
  const text =
    'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { approvalPolicy } } }'
  return isDone(await by.send(text, { input }))
}

async function changeRole(
  { clients, users, server, roles }: ApprovalCast,
  person: Person,
  role: string,
): Promise<void> {
  await (clients.get('root') ?? server.client(null)).get(
    'mutation ($input: ChangeUserRoleInput!) { changeUserRole(input: $input) { user { role } } }',
    { input: { id: users[person].id, role } },
  )
  roles.set(person, role)
}

async function endSessions(root: ApiClient, userId: string): Promise<void> {
  const { sessions } = await root.get('query ($id: ID) { sessions(userId: $id) { id } }', { id: userId })
  for (const { id } of sessions)
    await root.send('mutation ($input: EndSessionInput!) { endSession(input: $input) { session { id } } }', {
      input: { id },
    })
}

async function logIn({ server, users, clients, ended }: ApprovalCast, person: Person): Promise<void> {
  const { email, password } = users[person]
  const { login } = await server
    .client(null)
    .get('mutation ($input: LoginInput!) { login(input: $input) { accessToken } }', {
      input: { email, password },
    })
  clients.set(person, server.client(login.accessToken))
  ended.delete(person)
}

async function everybodyFresh(cast: ApprovalCast): Promise<void> {
  const isOld = Date.now() - cast.freshAt > freshForMs
  for (const person of people) if (isOld || cast.ended.has(person)) await logIn(cast, person)
  if (isOld) cast.freshAt = Date.now()
}
