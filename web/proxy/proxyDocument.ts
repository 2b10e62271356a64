/** What the proxy page asks about its proxy, once for its head and its first tab. */
import { graphql, type ResultOf } from '../graphql.ts'

export const proxyDocument = graphql(`
  query ProxyPage($id: ID!) {
    proxy(id: $id) {
      id hostname status statusReason isOnline lastSeenAt enrolledAt retiredAt
      atsVersion atsGeneration agentVersion desiredHash runningHash
      config { id name }
      version { id number approvedAt config { id name } }
      attempted { hash outcome message at reloadRequestedAt loadedAt version { id number config { id name } } }
      atsRun hostProblems { what says remedy }
      isEphemeral captureLogsUntil
      copies { address at }
      namesakes { id enrolledAt retiredAt }
      runningVersion { id number approvedAt config { id name } }
    }
  }
`)
export type ShownProxy = ResultOf<typeof proxyDocument>['proxy']
