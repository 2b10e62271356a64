/** Audited mutations of many kinds, sent without a break; each remembers whether the server said that it was done. */
import { enrol, enrolmentToken, type TestAgent } from './agents.ts'
import { configMutation, inAnHour, newApiToken } from './calls.ts'
import { rootEmail, rootPassword } from './mortal-server.ts'
import { type Answer, type ApiClient, clientOf, type Data, type TestServer } from './server.ts'

/** By its request id. Done: the server said so; else it may or may not have been. */
export interface Sent {
  readonly requestId: string
  readonly isDone: boolean
}

export interface Load {
  readonly sent: readonly Sent[]
  /** Sends until so many were done. */
  run(count: number): Promise<void>
  doneCount(): number
}

const workers = 4
const silence = 'the server did not answer'

/** Each worker has a config, an agent and tokens of its own, so that nobody is refused. */
export async function startLoad(url: string): Promise<Load> {
  const sent: Sent[] = []
  const server = {
    client: (token: string | null) => clientOf(url, token),
    now: () => new Date(),
  } as TestServer
  const { login } = await server
    .client(null)
    .get('mutation ($input: LoginInput!) { login(input: $input) { accessToken } }', {
      input: { email: rootEmail, password: rootPassword },
    })
  const root = server.client(login.accessToken)
  const { token } = await newApiToken(root, ['READ', 'AUTHOR', 'APPROVE', 'OPERATE'])
  const script = server.client(token)
  const enrolment = await enrolmentToken(script)
  const agents = await Promise.all(
    Array.from({ length: workers }, (_, index) => enrol(server, enrolment, `mortal-${index}.test.example`)),
  )
  let serial = 0
  const done = () => sent.filter(({ isDone }) => isDone).length

  async function send(by: ApiClient, query: string, input: Record<string, unknown>): Promise<Data | null> {
    const requestId = `mortal-${String(sent.length).padStart(6, '0')}-${++serial}`
    const { status, data, errors }: Answer = await by
      .send(query, { input }, { 'x-request-id': requestId })
      .catch(
        () =>
          ({
            status: 0,
            data: null,
            errors: [{ message: silence, extensions: { code: 'UNAVAILABLE' } }],
          }) as never,
      )
    const refused = errors.find(
      ({ extensions }) => !/^(UNAVAILABLE|INTERNAL_SERVER_ERROR)$/.test(extensions.code),
    )
    // After a crash what was sent before may have been done: a stale revision then says so.
    if (refused && refused.extensions.code !== 'CONFLICT') throw new Error(JSON.stringify(errors))
    const isDone = status === 200 && errors.length === 0
    sent.push({ requestId, isDone })
    return isDone ? data : null
  }

  async function work(agent: TestAgent, isOver: () => boolean): Promise<void> {
    let config: Data | null = null
    let attempt = 0
    while (!isOver()) {
      const name = `mortal ${++serial}`
      attempt += 1
      if (config === null) {
        const rules = [{ kind: 'HOST', value: `r${serial}.example`, action: 'DIRECT' }]
        const made = await send(script, configMutation('createConfig'), {
          name,
          defaultAction: 'DIRECT',
          rules,
        })
        config = made?.createConfig.config ?? null
      } else {
        config = await change(agent, config, attempt)
      }
      if (config === null) await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Null: what became of it is not known, and the worker begins anew with another config. */
  async function change(agent: TestAgent, config: Data, attempt: number): Promise<Data | null> {
    const { id, revision, status, configHash } = config
    const one = async (mutation: string, input: Record<string, unknown>) =>
      (await send(script, configMutation(mutation), input))?.[mutation].config ?? null
    if (status === 'PENDING_APPROVAL') return one('approveConfig', { id, revision, configHash })
    switch (attempt % 6) {
      case 0: {
        const input = { name: `mortal ${serial}`, expiresAt: inAnHour() }
        const text =
          'mutation ($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input) { enrolmentToken { id } } }'
        const made = await send(script, text, input)
        if (made === null) return null
        const revoke =
          'mutation ($input: RevokeEnrolmentTokenInput!) { revokeEnrolmentToken(input: $input) { enrolmentToken { id } } }'
        await send(script, revoke, { id: made.createEnrolmentToken.enrolmentToken.id })
        return config
      }
      case 1:
      case 3: {
        const said = { hash: 'a'.repeat(64), sequence: 1, outcome: 'FAILED', message: `mortal ${serial}` }
        const text =
          'mutation ($input: AcknowledgeSyncInput!) { acknowledgeSync(input: $input) { serverTime } }'
        await send(agent.client(), text, said)
        return config
      }
      case 2: {
        const rule = { kind: 'HOST', value: `r${serial}.example`, action: 'DIRECT' }
        return one('editRules', { id, revision, operations: [{ add: { rule } }] })
      }
      case 4:
        return status === 'DRAFT' ? one('submitConfig', { id, revision }) : config
      default:
        return one('updateConfig', { id, revision, description: `mortal ${serial}` })
    }
  }

  return {
    sent,
    doneCount: done,
    async run(count) {
      await Promise.all(agents.map((agent) => work(agent, () => done() >= count)))
    },
  }
}
