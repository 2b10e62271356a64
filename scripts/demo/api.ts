/** The few things that the demo asks of its own server, over the same GraphQL API as everybody. */

export interface DemoApi {
  send<T>(query: string, variables?: Record<string, unknown>): Promise<T>
}

/** Logs in; the session is short-lived, and the demo needs it only while it starts. */
export async function logIn(graphqlUrl: string, email: string, password: string): Promise<DemoApi> {
  const login = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }'
  const answer = await post<{ login: { accessToken: string } }>(graphqlUrl, null, login, {
    input: { email, password },
  })
  return withToken(graphqlUrl, answer.login.accessToken)
}

export function withToken(graphqlUrl: string, token: string): DemoApi {
  return { send: (query, variables = {}) => post(graphqlUrl, token, query, variables) }
}

export interface ConfigState {
  readonly id: string
  readonly revision: number
  readonly configHash: string
}

export interface ScriptApi extends DemoApi {
  readonly token: string
  /** Sends a mutation whose payload holds a config. */
  change(name: string, type: string, input: object): Promise<ConfigState>
}

/** With an API token, as scripts do: it needs no beacon. */
export async function startScript(graphqlUrl: string, email: string, password: string): Promise<ScriptApi> {
  const people = await logIn(graphqlUrl, email, password)
  const expiresAt = new Date(Date.now() + 3 * 3_600_000).toISOString()
  const { createApiToken } = await people.send<{ createApiToken: { token: string } }>(
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token } }',
    { input: { name: 'bench', scopes: ['READ', 'AUTHOR', 'APPROVE', 'OPERATE'], expiresAt } },
  )
  const { token } = createApiToken
  const api = withToken(graphqlUrl, token)
  return {
    ...api,
    token,
    async change(name, type, input) {
      const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) { config { id revision configHash } } }`
      const data = await api.send<Record<string, { config: ConfigState }>>(mutation, { input })
      const config = data[name]?.config
      if (!config) throw new Error(`${name} answered nothing`)
      return config
    },
  }
}

async function post<T>(
  url: string,
  token: string | null,
  query: string,
  variables: Record<string, unknown>,
): Promise<T> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== null && { authorization: `Bearer ${token}` }),
  }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  const { data, errors } = (await response.json()) as { data: T; errors?: readonly { message: string }[] }
  if (errors) throw new Error(errors.map((error) => error.message).join('; '))
  return data
}

/** The demo's fleet lives on loopback, which proxies may not reach by default. */
export async function openLoopback(api: DemoApi): Promise<void> {
  const { settings } = await api.send<{ settings: { outboundExceptions: string[] } }>(
    '{ settings { outboundExceptions } }',
  )
  const wanted = ['127.0.0.0/8', '::1']
  if (wanted.every((range) => settings.outboundExceptions.includes(range))) return
  await api.send(
    'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { instanceId } } }',
    {
      input: { outboundExceptions: wanted },
    },
  )
}

export async function makeEnrolmentToken(api: DemoApi): Promise<string> {
  const { createEnrolmentToken } = await api.send<{ createEnrolmentToken: { token: string } }>(
    'mutation ($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input) { token } }',
    { input: { name: 'demo fleet', expiresAt: new Date(Date.now() + 600_000).toISOString(), maxUses: 1 } },
  )
  return createEnrolmentToken.token
}

/** The demo's proxy, if it is enrolled and not retired. */
export async function findProxy(
  api: DemoApi,
  hostname: string,
): Promise<{ id: string; isOnline: boolean } | null> {
  const { proxies } = await api.send<{
    proxies: { edges: readonly { node: { id: string; hostname: string; isOnline: boolean } }[] }
  }>('query ($search: String) { proxies(search: $search) { edges { node { id hostname isOnline } } } }', {
    search: hostname,
  })
  return proxies.edges.find(({ node }) => node.hostname === hostname)?.node ?? null
}

export async function retireProxy(api: DemoApi, id: string): Promise<void> {
  await api.send('mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { id } } }', {
    input: { id },
  })
}
