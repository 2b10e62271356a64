/** Typed GraphQL documents: `graphql('query …')` checked against the API's schema. */
import type { TypedDocumentNode } from '@urql/core'
import type { initGraphQLTada } from 'gql.tada'
import type { introspection } from './graphql-env.d.ts'

interface Setup {
  introspection: introspection
  scalars: { DateTime: string; JSON: unknown; SafeInt: number }
}

export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada'

/**
 * Reads no more of a text than the API client looks at: what it is, and its name. The text itself is checked where it
 * is written and sent as it stands, so that no browser needs a parser and a printer (`graphql-web.ts`).
 */
export const graphql = documentOf as unknown as ReturnType<typeof initGraphQLTada<Setup>>

/** What is sent of a document. */
export function textOf<Data, Variables>(document: TypedDocumentNode<Data, Variables>): string {
  return document.loc?.source.body ?? ''
}

function documentOf(text: string, fragments: readonly Document[] = []): Document {
  const definitions = [...new Set([definitionOf(text), ...fragments.flatMap((each) => each.definitions)])]
  const body = definitions.map(({ loc }) => loc.source.body).join('\n')
  return { kind: 'Document', definitions, loc: { source: { body } }, documentId: body }
}

function definitionOf(text: string): Definition {
  const [, what, name] = /^\s*(query|mutation|subscription|fragment) (\w+)/.exec(text) ?? []
  if (what === undefined || name === undefined) throw new Error(`What is it, and its name? ${text}`)
  // The one directive that speaks to the types only.
  const loc = { source: { body: text.replace(' @_unmask', '') } }
  const named = { name: { kind: 'Name', value: name }, loc } as const
  if (what === 'fragment') return { kind: 'FragmentDefinition', ...named }
  return { kind: 'OperationDefinition', operation: what, ...named }
}

/** The part of a syntax tree that the API client looks at. */
interface Document extends Source {
  readonly kind: 'Document'
  readonly definitions: readonly Definition[]
  /** What the client tells documents by. As there are definitions too, it sends the text, not this. */
  readonly documentId: string
}

interface Definition extends Source {
  readonly kind: 'OperationDefinition' | 'FragmentDefinition'
  readonly operation?: string
  readonly name: { readonly kind: 'Name'; readonly value: string }
}

interface Source {
  readonly loc: { readonly source: { readonly body: string } }
}
