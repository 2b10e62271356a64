/** Typed GraphQL documents: `graphql('query …')` checked against the API's schema. */
import { initGraphQLTada } from 'gql.tada'
import type { introspection } from './graphql-env.d.ts'

export const graphql = initGraphQLTada<{
  introspection: introspection
  scalars: { DateTime: string; JSON: unknown; SafeInt: number }
}>()
export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada'
