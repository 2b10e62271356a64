/** Every GraphQL operation that the console, the agent, the scripts and the documentation send, from their sources. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface OperationText {
  readonly file: string
  /** Whole: with the fragments that it spreads. */
  readonly text: string
}

export function operationTexts(folders: readonly string[]): readonly OperationText[] {
  const texts = folders.flatMap(textsOf)
  const fragments = new Map<string, string>()
  for (const { text } of texts) {
    for (const [, name = ''] of text.matchAll(/\bfragment (\w+) on\b/g)) fragments.set(name, text)
  }
  return texts
    .filter(({ text }) => /^\s*(query|mutation|subscription|\{)/.test(text))
    .map(({ file, text }) => ({ file, text: withFragments(text, fragments) }))
}

function textsOf(folder: string): readonly OperationText[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => /\.(ts|tsx|mjs|md)$/.test(file) && !/\.test\./.test(file))
    .flatMap((file) => {
      const source = readFileSync(join(root, folder, file), 'utf8')
      const typed = [...source.matchAll(/\bgraphql\(\s*(['`])([\s\S]*?)\1/g)].map((match) => match[2] ?? '')
      const bare = [...source.matchAll(/(['`])((?:query|mutation|subscription) [^'`]*\{[^'`]*)\1/g)]
      const found = new Set([...typed, ...bare.map((match) => match[2] ?? '')])
      // What is put together at run time is no document.
      return (
        [...found]
          .filter((text) => text.includes('{') && !text.includes('${'))
          // For the types alone; gql.tada takes it out.
          .map((text) => ({ file: join(folder, file), text: text.replaceAll(' @_unmask', '') }))
      )
    })
}

function withFragments(text: string, fragments: ReadonlyMap<string, string>): string {
  const parts = new Set([text])
  for (const part of parts) {
    for (const [, name = ''] of part.matchAll(/\.\.\.\s*(\w+)/g)) {
      const fragment = fragments.get(name)
      if (fragment !== undefined) parts.add(fragment)
    }
  }
  return [...parts].join('\n')
}
