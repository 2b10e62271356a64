/** From whom an approval takes proxies, and how many from each: counted by the server, however many they are. */
import { createEffect, createSignal, on } from 'solid-js'
import { client } from '../../client.ts'
import { graphql } from '../../graphql.ts'
import type { ReviewConfig } from './queries.ts'

const ownerDocument = graphql(`
  query ReviewOwner($configId: ID!, $offset: Int!) {
    proxies(configId: $configId, sort: CONFIG, first: 1, offset: $offset) {
      edges { node { id config { id name } } }
    }
  }
`)
const countDocument = graphql(`
  query ReviewOwnerCount($configId: ID!, $ownerId: ID!) {
    proxyCounts(configId: $configId, runsConfigId: $ownerId) { status count }
  }
`)

export interface Owner {
  readonly name: string
  /** Proxies that are taken from there. */
  readonly count: number
}

/** More owners than this are not named. */
const mostOwners = 20

/** Renewed when the submission or the number of proxies to be taken over changes. */
export function createOwners(config: () => ReviewConfig): () => readonly Owner[] {
  const [owners, setOwners] = createSignal<readonly Owner[]>([])
  createEffect(
    on(
      () => `${config().id} ${config().configHash} ${config().takenProxyCount}`,
      async (key) => {
        const found = config().takenProxyCount > 0 ? await readOwners(config().id) : []
        if (key === `${config().id} ${config().configHash} ${config().takenProxyCount}`) setOwners(found)
      },
    ),
  )
  return owners
}

/** The list sorted by owner is read at the first proxy of each: two small questions for every owner. */
async function readOwners(configId: string): Promise<readonly Owner[]> {
  const owners: Owner[] = []
  let offset = 0
  for (let asked = 0; asked <= mostOwners; asked += 1) {
    const { data } = await client.query(ownerDocument, { configId, offset }).toPromise()
    const owner = data?.proxies.edges[0]?.node.config
    // Those without an owner come last.
    if (!owner) break
    const { data: counted } = await client.query(countDocument, { configId, ownerId: owner.id }).toPromise()
    const count = counted?.proxyCounts.reduce((sum, each) => sum + each.count, 0) ?? 0
    if (count === 0) break
    if (owner.id !== configId) owners.push({ name: owner.name, count })
    offset += count
  }
  return owners.sort((a, b) => b.count - a.count)
}
