/** What documents within the tokens cost to validate, and to measure first (docs/decisions/0033). */
import 'reflect-metadata'
import { Kind, type OperationDefinitionNode, parse, validate } from 'graphql'
import { sizeOf } from '../../server/graphql/document-size.ts'
import { documentLimits } from '../../server/graphql/documents.ts'
import { buildApiSchema } from '../../server/graphql/schema.ts'

const schema = await buildApiSchema()

console.log('tokens | document | parse ms | measure ms | validate ms | fields')
for (const tokens of [documentLimits.tokens, 5_000]) {
  const texts: Readonly<Record<string, string>> = {
    'one field, as often as there are tokens': `{ me { ${'id '.repeat(tokens - 8)} } }`,
    'one alias for many fields': `{ me { ${Array.from({ length: (tokens - 8) / 3 }, (_, at) => `a: f${at} `).join('')} } }`,
  }
  for (const [name, text] of Object.entries(texts)) {
    const [parsing, document] = timed(() => parse(text))
    const operation = document.definitions.find(
      (each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION,
    )
    if (!operation) throw new Error(name)
    const [measuring, size] = timed(() => sizeOf(schema, document, operation, 'longest'))
    const [validating] = timed(() => validate(schema, document))
    console.log([tokens, name, parsing, measuring, validating, size.fields].join(' | '))
  }
}

function timed<T>(work: () => T): [ms: string, result: T] {
  const startedAt = performance.now()
  const result = work()
  return [(performance.now() - startedAt).toFixed(1), result]
}
