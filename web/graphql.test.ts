import { createClient, fetchExchange } from '@urql/core'
import { parse, print } from 'graphql'
import { expect, test } from 'vitest'
import { graphql, textOf } from './graphql.ts'

const name = graphql('fragment NameOf on User @_unmask { name }')
const person = graphql('fragment PersonOf on User @_unmask { id ...NameOf }', [name])
const me = graphql(
  `
  query MeTwice { me { ...PersonOf ...NameOf } }`,
  [person, name],
)

test('a document is sent with each of its fragments once, and is whole', () => {
  const { definitions } = parse(textOf(me))
  expect(definitions.map((each) => ('name' in each ? each.name?.value : ''))).toEqual([
    'MeTwice',
    'PersonOf',
    'NameOf',
  ])
  expect(print(parse(textOf(me)))).not.toContain('_unmask')
})

test('the API client sends the text as it stands, with its name, and tells documents apart', async () => {
  const sent: unknown[] = []
  const client = createClient({
    url: 'http://console.test/graphql',
    preferGetMethod: false,
    exchanges: [fetchExchange],
    fetch: async (_url, options) => {
      sent.push(JSON.parse(String(options?.body)))
      return Response.json({ data: { asked: sent.length } })
    },
  })
  const logOut = graphql('mutation LogOutNow { logout { ended } }')
  await client.query(me, {}).toPromise()
  await client.mutation(logOut, {}).toPromise()
  await client.query(me, {}).toPromise()
  expect(sent).toEqual([
    { operationName: 'MeTwice', query: textOf(me), variables: {} },
    { operationName: 'LogOutNow', query: textOf(logOut), variables: {} },
    { operationName: 'MeTwice', query: textOf(me), variables: {} },
  ])
})

test('a text without kind and name is seen where it is written', () => {
  expect(() => graphql('{ me { id } }')).toThrow('What is it, and its name?')
})
