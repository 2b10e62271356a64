/** Live numbers as the server tells them: of the proxies in sight, and how far the sums have come. */
import { follow } from '../changes.ts'
import { graphql, type ResultOf } from '../graphql.ts'

const newsDocument = graphql(`
  subscription StatsNews($ids: [ID!]) {
    fleetStatsChanged(proxyIds: $ids) {
      rolledUpTo
      proxies { proxyId stats { at requestsPerSecond currentClientConnections errorRate ramCacheHitRatio } }
    }
  }
`)
export type StatsNews = ResultOf<typeof newsDocument>['fleetStatsChanged']

/** @param ids at most 200 @returns what ends it */
export function followStats(ids: readonly string[], onNews: (news: StatsNews) => void): () => void {
  return follow(newsDocument, { ids: [...ids] }, ({ fleetStatsChanged }) => onNews(fleetStatsChanged))
}
