/** All kept lines of a proxy as a file: text as ATS wrote it, or one JSON object a line. */
import type { OperationResult } from '@urql/core'
import { client } from '../client.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { lineOf } from '../messages.ts'
import { fileTime, saveFile } from '../ui/saveFile.ts'
import { toast } from '../ui/toast.tsx'
import { gapWords } from './words.ts'

const exportDocument = graphql(`
  mutation ExportLogLines($input: ExportLogLinesInput!) {
    exportLogLines(input: $input) {
      hasNextPage
      edges {
        cursor
        node { epoch offset at source text transaction client method url host ruleLine parent status durationMs gap lost }
      }
    }
  }
`)

export async function exportLines(proxyId: string, hostname: string, format: 'text' | 'json'): Promise<void> {
  const parts: string[] = []
  let after: string | null = null
  for (;;) {
    const answer: OperationResult<ResultOf<typeof exportDocument>> = await client
      .mutation(exportDocument, { input: { proxyId, after, first: 10_000 } })
      .toPromise()
    if (answer.error) return toast('bad', lineOf(answer.error))
    if (!answer.data) return
    const { edges, hasNextPage } = answer.data.exportLogLines
    for (const { node } of edges) {
      const text = node.gap === null ? node.text : `--- ${gapWords(node.gap, node.lost)} ---`
      parts.push(`${format === 'json' ? JSON.stringify(node) : text}\n`)
    }
    after = edges.at(-1)?.cursor ?? null
    if (!hasNextPage) break
  }
  const [type, end] = format === 'json' ? ['application/jsonl', 'jsonl'] : ['text/plain', 'log']
  saveFile(`${hostname}-${fileTime()}.${end}`, type, parts.join(''))
}
