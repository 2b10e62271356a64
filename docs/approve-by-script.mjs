#!/usr/bin/env node
/**
 * One config from nothing to "in sync", through GraphQL alone. Node 20 or newer, no packages. See docs/scripting.md.
 *
 *   APM_GRAPHQL_URL    https://manager.example/graphql
 *   APM_TOKEN          an API token with the scopes READ, AUTHOR and APPROVE
 *   APM_CONFIG         name of the config; made when there is none
 *   APM_PROXY          hostname or id of the proxy that shall run it
 *   APM_PARENTS        host:port,host:port in failover order
 *   APM_DIRECT_DOMAIN  this domain and all below it goes DIRECT, the rest to the parents
 *   APM_WAIT_SECONDS   how long the proxy gets to apply it (default 90)
 *
 * An existing config gets exactly these rules and parents; the proxies that it has stay, APM_PROXY is added.
 * Exit code 0: the proxy runs what was approved. 1: it doesn't, and the last lines say why.
 */
import { setTimeout as sleep } from 'node:timers/promises'

const stepFields = 'config { id name revision configHash activeVersion { number } }'
const pageInfo = 'pageInfo { hasNextPage endCursor }'

try {
  await main()
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
}

async function main() {
  const wanted = {
    name: setting('APM_CONFIG'),
    defaultAction: 'PARENT',
    rules: [{ kind: 'DOMAIN', value: setting('APM_DIRECT_DOMAIN'), action: 'DIRECT' }],
    parentProxies: parentsFrom(setting('APM_PARENTS')),
  }
  const proxy = await findProxy(setting('APM_PROXY'))

  const draft = await createOrUpdate(wanted)
  console.log(`config     ${draft.name}, ${draft.id}`)
  const { id, revision } = await associate(draft, proxy)
  console.log(`proxy      ${proxy.hostname}`)
  const { configHash } = await step('submitConfig', { id, revision })
  console.log(`submitted  ${configHash}`)
  // Here a person would read the files. Naming revision and hash means: exactly this content, or CONFLICT.
  const { activeVersion } = await step('approveConfig', { id, revision, configHash })
  console.log(`approved   version ${activeVersion.number}`)
  const { runningHash } = await inSync(proxy.id, Number(process.env.APM_WAIT_SECONDS) || 90)
  console.log(`in sync    ${proxy.hostname} runs ${runningHash}`)
}

async function createOrUpdate(wanted) {
  const query = `query ($name: String, $after: String) {
    configs(search: $name, first: 100, after: $after) { edges { node { id name revision } } ${pageInfo} }
  }`
  const found = await everyNode(query, { name: wanted.name }, ({ configs }) => configs)
  const known = found.find(({ name }) => name.toLowerCase() === wanted.name.toLowerCase())
  if (!known) return step('createConfig', wanted)
  return step('updateConfig', { id: known.id, revision: known.revision, ...wanted })
}

async function associate(config, proxy) {
  const query = `query ($id: ID!, $after: String) {
    config(id: $id) { proxies(first: 100, after: $after) { edges { node { id status } } ${pageInfo} } }
  }`
  const listed = await everyNode(query, { id: config.id }, ({ config: { proxies } }) => proxies)
  const kept = listed.filter(({ status }) => status !== 'RETIRED')
  const proxyIds = [...new Set([...kept, proxy].map(({ id }) => id))]
  return step('setConfigProxies', { configId: config.id, revision: config.revision, proxyIds })
}

async function findProxy(nameOrId) {
  const query = `query ($name: String, $after: String) {
    proxies(search: $name, first: 100, after: $after) { edges { node { id hostname } } ${pageInfo} }
  }`
  const found = await everyNode(query, { name: nameOrId }, ({ proxies }) => proxies)
  const byName = found.find(({ hostname }) => hostname === nameOrId.toLowerCase())
  return byName ?? (await ask('query ($id: ID!) { proxy(id: $id) { id hostname } }', { id: nameOrId })).proxy
}

/** Waits until the proxy runs what was approved, or throws with ATS's own words. */
async function inSync(id, waitSeconds) {
  const query = `query ($id: ID!) {
    proxy(id: $id) { hostname status statusReason runningHash attempted { outcome message } }
  }`
  const endsAt = Date.now() + waitSeconds * 1000
  for (;;) {
    const { proxy } = await ask(query, { id })
    if (proxy.status === 'IN_SYNC') return proxy
    if (proxy.status === 'FAILED') {
      throw new Error(`${proxy.hostname}: ${proxy.attempted.outcome}\n${proxy.attempted.message}`)
    }
    if (Date.now() >= endsAt) {
      const { hostname, status, statusReason } = proxy
      throw new Error(
        `${hostname} is ${status} after ${waitSeconds} s: ${statusReason} The approval stands; the agent goes on trying.`,
      )
    }
    await sleep(1000)
  }
}

/** One mutation on a config. */
async function step(name, input) {
  const type = `${name[0].toUpperCase()}${name.slice(1)}Input!`
  const data = await ask(`mutation ($input: ${type}) { ${name}(input: $input) { ${stepFields} } }`, { input })
  return data[name].config
}

/** All rows of a list, page by page; `listOf` picks the list from an answer. */
async function everyNode(query, variables, listOf) {
  const nodes = []
  for (let after = null; ; ) {
    const { edges, pageInfo } = listOf(await ask(query, { ...variables, after }))
    nodes.push(...edges.map(({ node }) => node))
    if (!pageInfo.hasNextPage) return nodes
    after = pageInfo.endCursor
  }
}

/** Sends one operation. A refusal comes back as an Error that carries the API's code and problems. */
async function ask(query, variables) {
  const url = setting('APM_GRAPHQL_URL')
  let response
  try {
    response = await fetch(url, {
      method: 'POST',
      redirect: 'error', // the token is for this address only
      signal: AbortSignal.timeout(30_000),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${setting('APM_TOKEN')}` },
      body: JSON.stringify({ query, variables }),
    })
  } catch (error) {
    throw new Error(`${url} can't be reached: ${error.cause?.message || error.message}`)
  }
  const answer = await response.json().catch(() => null)
  const refusal = answer?.errors?.[0]
  if (refusal) throw Object.assign(new Error(refusal.message), refusal.extensions)
  if (!answer?.data)
    throw new Error(`${url} answered ${response.status} without GraphQL; is it the right address?`)
  return answer.data
}

/** The message tells of the first problem; the others follow, a line each. */
function explain({ message, code, problems = [] }) {
  const others = problems.slice(1).map((problem) => `${problem.path}: ${problem.message}`)
  return [code ? `${code}: ${message}` : message, ...others].join('\n')
}

function parentsFrom(text) {
  return text.split(',').map((part, index) => {
    const [, host, port] = /^\s*([^\s:]+):(\d{1,5})\s*$/.exec(part) ?? []
    if (!host) throw new Error(`APM_PARENTS: "${part}" is not host:port.`)
    return { host, port: Number(port), priority: index + 1 }
  })
}

function setting(name) {
  const value = process.env[name]?.trim()
  if (!value) throw new Error(`${name} is missing; the head of this script lists every setting.`)
  return value
}
