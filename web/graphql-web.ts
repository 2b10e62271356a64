/**
 * Stands for `@0no-co/graphql.web` in what browsers load (vite.config.ts): the same without its parser and its printer,
 * which the API client would need only for documents that are not of `graphql.ts`.
 */
export { GraphQLError, Kind } from '@0no-co/graphql.web'

export function parse(): never {
  throw new Error('A document is made by graphql() of web/graphql.ts; the client got a text.')
}

export function print(): never {
  throw new Error('A document is made by graphql() of web/graphql.ts; the client got a syntax tree.')
}
