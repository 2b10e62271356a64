/** Hosts of parents as ATS takes them out, how many proxies each concerns, and the two things that can be done with one. */
import { client } from '../client.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'

const parentHostsDocument = graphql(`
  query ParentHosts($proxyIds: [ID!], $runsConfigId: ID, $host: String) {
    parentHosts(proxyIds: $proxyIds, runsConfigId: $runsConfigId, host: $host) {
      host ports usedOn lastOn directOn outOn confirmedOn waitingOn waitingFor
    }
  }
`)
const takeOutDocument = graphql(`
  mutation TakeOutParent($input: TakeOutParentInput!) { takeOutParent(input: $input) { changedCount } }
`)
const bringBackDocument = graphql(`
  mutation BringBackParent($input: BringBackParentInput!) { bringBackParent(input: $input) { changedCount } }
`)

export type ParentHost = ResultOf<typeof parentHostsDocument>['parentHosts'][number]
export type ParentAct = 'takeOut' | 'bringBack'
/** Which proxies; of none of the two: the fleet. */
export interface ParentScope {
  readonly proxyIds?: string[]
  readonly runsConfigId?: string
}

/** @param asked null: nothing to ask yet */
export function createParentHosts(
  asked: () => (ParentScope & { readonly host?: string }) | null,
  pollSeconds = 15,
) {
  const query = createQuery(parentHostsDocument, { variables: asked, subjects: ['PROXY'], pollSeconds })
  return { query, hosts: () => query.data()?.parentHosts }
}

/** On how many proxies the act changes something. */
export function concernedBy(act: ParentAct, host: ParentHost | undefined): number {
  return (act === 'takeOut' ? host?.usedOn : host?.outOn) ?? 0
}

/** On how many proxies it was done, all at once; or the sentence that says why on none. */
export async function changeParent(
  act: ParentAct,
  { host, reason, ...scope }: ParentScope & { readonly host: string; readonly reason: string },
): Promise<number | string> {
  if (act === 'takeOut') {
    const { data, error } = await client
      .mutation(takeOutDocument, { input: { host, reason, ...scope } })
      .toPromise()
    return error ? lineOf(error) : (data?.takeOutParent.changedCount ?? 0)
  }
  const { data, error } = await client.mutation(bringBackDocument, { input: { host, ...scope } }).toPromise()
  return error ? lineOf(error) : (data?.bringBackParent.changedCount ?? 0)
}
