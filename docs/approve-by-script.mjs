#!/usr/bin/env node
/**
 * One config from nothing to "in sync", through GraphQL alone. Node 20 or newer, no packages. See docs/scripting.md.
 *
 *   APM_GRAPHQL_URL    https://manager.example/graphql
 *   APM_TOKEN          an API token with the scopes READ, WRITE and APPROVE
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

const stepFields = 'config { id revision status configHash activeVersion { number } }'

try {
  await main()
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
}

async function main() {
  const config = {
    name: setting('APM_CONFIG'),
    defaultAction: 'PARENT',
    rules: [{ kind: 'DOMAIN', value: setting('APM_DIRECT_DOMAIN'), action: 'DIRECT' }],
    parentProxies: parentsFrom(setting('APM_PARENTS')),
  }
  const waitSeconds = Number(process.env.APM_WAIT_SECONDS || 90)
  const proxy = await findProxy(setting('APM_PROXY'))

  const draft = await createOrUpdate(config)
  console.log(`config    ${config.name}, revision ${draft.revision}`)
  const listed = await everyNode('config(id: $id)', 'proxies', 'id', { id: ['ID!', draft.id] })
  const proxyIds = [...new Set([...listed.map(({ id }) => id), proxy.id])]
  const { id, revision } = await step('setConfigProxies', {
    configId: draft.id,
    revision: draft.revision,
    proxyIds,
  })
  console.log(`proxies   ${proxyIds.length}, with ${proxy.hostname}`)

  const { configHash } = await step('submitConfig', { id, revision })
  console.log(`submitted ${configHash}`)
  // A person would look at the files now. Naming revision and hash means: exactly this, or CONFLICT.
  const approved = await step('approveConfig', { id, revision, configHash })
  console.log(`approved  version ${approved.activeVersion.number}`)

  await inSync(proxy.id, waitSeconds)
}

async function createOrUpdate(wanted) {
  const found = await everyNode('configs(search: $name)', null, 'id name revision', {
    name: ['String', wanted.name],
  })
  const known = found.find(({ name }) => name.toLowerCase() === wanted.name.toLowerCase())
  if (!known) return step('createConfig', wanted)
  return step('updateConfig', { id: known.id, revision: known.revision, ...wanted })
}

async function findProxy(nameOrId) {
  const found = await everyNode('proxies(search: $name)', null, 'id hostname', { name: ['String', nameOrId] })
  const byName = found.find(({ hostname }) => hostname === nameOrId.toLowerCase())
  if (byName) return byName
  return (await ask('query ($id: ID!) { proxy(id: $id) { id hostname } }', { id: nameOrId })).proxy
}

async function inSync(id, waitSeconds) {
  const query = `query ($id: ID!) {
    proxy(id: $id) { hostname status statusReason runningHash attempted { outcome message } }
  }`
  const endsAt = Date.now() + waitSeconds * 1000
  for (;;) {
    const { proxy } = await ask(query, { id })
    if (proxy.status === 'IN_SYNC') return console.log(`in sync   ${proxy.hostname} runs ${proxy.runningHash}`)
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

/** All nodes of a list, page by page; `inner` is the list below `outer`, null when `outer` is the list itself. */
async function everyNode(outer, inner, fields, variables) {
  const types = Object.entries(variables).map(([name, [type]]) => `, $${name}: ${type}`)
  const values = Object.fromEntries(Object.entries(variables).map(([name, [, value]]) => [name, value]))
  const page = `{ edges { node { ${fields} } } pageInfo { hasNextPage endCursor } }`
  const field = inner
    ? `${outer} { list: ${inner}(first: 100, after: $after) ${page} }`
    : `list: ${outer.replace(')', ', first: 100, after: $after)')} ${page}`
  const nodes = []
  for (let after = null; ; ) {
    const data = await ask(`query ($after: String${types.join('')}) { ${field} }`, { ...values, after })
    const { edges, pageInfo } = data.list ?? Object.values(data)[0].list
    nodes.push(...edges.map(({ node }) => node))
    if (!pageInfo.hasNextPage) return nodes
    after = pageInfo.endCursor
  }
}
