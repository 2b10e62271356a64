/** Adds proxies to a config's working copy, leaving out those that the server refuses and coming again after others' edits. */
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { codeOf, lineOf, problemSentence, problemsOf } from '../messages.ts'
import type { BulkFailure, BulkItem } from './bulk.ts'

const listedProxiesDocument = graphql(
  'query ListedProxies($id: ID!) { config(id: $id) { id revision proxyIds } }',
)
const setConfigProxiesDocument = graphql(`
  mutation SetConfigProxies($input: SetConfigProxiesInput!) { setConfigProxies(input: $input) { config { id revision } } }
`)

export interface Added {
  /** Named by the working copy now; also those that were before. */
  readonly done: readonly BulkItem[]
  readonly failed: readonly BulkFailure[]
}

/** Each try takes the newest revision, or leaves out what was refused; then it is for a person to look. */
const mostTries = 10

export async function addToConfig(configId: string, items: readonly BulkItem[]): Promise<Added> {
  const failed: BulkFailure[] = []
  let wanted = items
  let reason = t('error.CONFLICT')
  for (let tries = 0; tries < mostTries; tries += 1) {
    const read = await client.query(listedProxiesDocument, { id: configId }).toPromise()
    if (!read.data) {
      reason = read.error ? lineOf(read.error) : t('error.NETWORK')
      break
    }
    const { revision, proxyIds: listed } = read.data.config
    const known = new Set(listed)
    const fresh = wanted.filter((item) => !known.has(item.id))
    if (fresh.length === 0) return { done: wanted, failed }
    const proxyIds = [...listed, ...fresh.map((item) => item.id)]
    const { error } = await client
      .mutation(setConfigProxiesDocument, { input: { configId, revision, proxyIds } })
      .toPromise()
    if (!error) return { done: wanted, failed }
    reason = lineOf(error)
    if (codeOf(error) === 'CONFLICT') continue
    const refused = new Map(
      problemsOf(error).flatMap((problem) => {
        const place = /^proxyIds\.(\d+)$/.exec(problem.path)?.[1]
        const id = place === undefined ? undefined : proxyIds[Number(place)]
        return id === undefined ? [] : [[id, problemSentence(problem)] as const]
      }),
    )
    const left = wanted.filter((item) => !refused.has(item.id))
    // Refused for something else than single proxies: asking again would end the same.
    if (left.length === wanted.length) break
    failed.push(
      ...wanted.flatMap((item) =>
        refused.has(item.id) ? [{ item, reason: refused.get(item.id) ?? reason }] : [],
      ),
    )
    wanted = left
    if (wanted.length === 0) return { done: [], failed }
  }
  return { done: [], failed: [...failed, ...wanted.map((item) => ({ item, reason }))] }
}
