/** The life of a config, step by step, with what tests of approval look at. */
import type { TestAgent } from './agents.ts'
import { configMutation, unique } from './calls.ts'
import type { Answer, ApiClient, Data } from './server.ts'

const configFields = `id name status revision configHash submittedAt approvedAt submittedBy { id } approvedBy { id }
  activeVersion { id number status configHash } proxies { edges { node { id hostname status } } }`

export const create = configMutation('createConfig', configFields)
export const update = configMutation('updateConfig', configFields)
export const edit = configMutation('editRules', configFields)
export const setProxies = configMutation('setConfigProxies', configFields)
export const submit = configMutation('submitConfig', configFields)
export const approve = configMutation('approveConfig', configFields)
export const reject = configMutation('rejectConfig', configFields)
export const restore = configMutation('restoreVersion', configFields)

export const parents = [
  { host: '10.96.215.26', port: 3128, priority: 1 },
  { host: '10.253.16.93', port: 3128, priority: 2 },
]

export async function createConfig(by: ApiClient, input: Record<string, unknown> = {}): Promise<Data> {
  const answer = await by.get(create, {
    input: {
      name: unique('config'),
      defaultAction: 'PARENT',
      rules: [{ kind: 'DOMAIN', value: 'corp.example', action: 'DIRECT' }],
      parentProxies: parents,
      ...input,
    },
  })
  return answer.createConfig.config
}

export async function associate(by: ApiClient, config: Data, agents: readonly TestAgent[]): Promise<Data> {
  const input = {
    configId: config.id,
    revision: config.revision,
    proxyIds: agents.map((agent) => agent.proxyId),
  }
  return (await by.get(setProxies, { input })).setConfigProxies.config
}

export async function submitted(by: ApiClient, config: Data): Promise<Data> {
  return (await by.get(submit, { input: { id: config.id, revision: config.revision } })).submitConfig.config
}

export async function approved(by: ApiClient, config: Data): Promise<Data> {
  const { id, revision, configHash } = config
  return (await by.get(approve, { input: { id, revision, configHash } })).approveConfig.config
}

export async function readConfig(by: ApiClient, id: string): Promise<Data> {
  return (await by.get(`query ($id: ID!) { config(id: $id) { ${configFields} } }`, { id })).config
}

export async function readProxy(by: ApiClient, agent: TestAgent): Promise<Data> {
  const query = `query ($id: ID!) { proxy(id: $id) { status statusReason desiredHash runningHash isOnline config { id }
    attempted { hash outcome message } } }`
  return (await by.get(query, { id: agent.proxyId })).proxy
}

export function refusal({ errors }: Answer) {
  return {
    code: errors[0]?.extensions.code,
    problems: errors[0]?.extensions.problems?.map(({ path, code }) => `${path} ${code}`),
  }
}
