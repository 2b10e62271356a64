/** What the review page asks, in the order in which it shows: the decision first, then rules, then files. */
import { graphql, type ResultOf } from '../../graphql.ts'

/** Everything that the decision needs; small, whatever the size of the config. */
export const reviewDocument = graphql(`
  query Review($id: ID!) {
    config(id: $id) {
      id name status revision configHash hasActiveVersion retiredAt
      authors { id name } submittedBy { id name } submittedAt approvedBy { id name } approvedAt
      activeVersion { id number approvedAt }
      versions(first: 2) { totalCount edges { node { id number } } }
      followingProxyCount takenProxyCount
      proxies(first: 5) { totalCount edges { node { id hostname } } }
      leavingProxies(first: 25) { totalCount edges { node { id hostname status lastSeenAt } } }
    }
    settings { approvalPolicy }
  }
`)
export type ReviewAnswer = ResultOf<typeof reviewDocument>
export type ReviewConfig = ReviewAnswer['config']

export const checksDocument = graphql(`
  query ReviewChecks($id: ID!) {
    config(id: $id) { id problems { path code message } warnings { path code sentence facts message mend more } }
  }
`)
export type ReviewChecks = ResultOf<typeof checksDocument>['config']

/** What one generation of ATS gets, and what it got from the version that it is compared with. */
export const filesDocument = graphql(`
  query ReviewFiles($id: ID!, $baseId: ID!, $hasBase: Boolean!, $generation: AtsGeneration!) {
    config(id: $id) {
      id
      files(generation: $generation) { name content sha256 }
      records(generation: $generation) { name type value }
    }
    configVersion(id: $baseId) @include(if: $hasBase) {
      id
      files(generation: $generation) { name content sha256 }
      records(generation: $generation) { name type value }
    }
  }
`)
export type ReviewFiles = ResultOf<typeof filesDocument>

/**
 * What the working copy is compared with: what runs; once that is the working copy itself, the version before it.
 * Undefined: there is nothing before it, everything is new.
 */
export function baseOf(config: ReviewConfig): { readonly id: string; readonly number: number } | undefined {
  if (config.status !== 'ACTIVE') return config.activeVersion ?? undefined
  return config.versions.edges.map(({ node }) => node).find(({ id }) => id !== config.activeVersion?.id)
}
