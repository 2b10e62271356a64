/** All kept lines of one proxy, or of several by time, as a file: text as ATS wrote it, or one JSON object a line. */
import type { OperationResult } from '@urql/core'
import { client } from '../client.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { lineOf } from '../messages.ts'
import { fileTime, saveFile } from '../ui/saveFile.ts'
import { toast } from '../ui/toast.tsx'
import { createTiming, merged, type ShownProxy } from './shownLine.ts'
import { gapWords } from './words.ts'

const exportDocument = graphql(`
  mutation ExportLogLines($input: ExportLogLinesInput!) {
    exportLogLines(input: $input) {
      hasNextPage
      deleted
      edges {
        cursor
        node { epoch offset at storedAt source text transaction client method url host ruleLine parent status durationMs gap lost }
      }
    }
  }
`)
type Kept = ResultOf<typeof exportDocument>['exportLogLines']['edges'][number]['node']
/** Lines that went while others were fetched. */
interface Missing {
  readonly text: ''
  readonly gap: 'DELETED'
  readonly lost: number
}
interface KeptLine {
  readonly node: Kept | Missing
  readonly hostname: string
  readonly atMs: number
}

const formats = {
  text: { type: 'text/plain', end: 'log', write: textOf },
  json: { type: 'application/jsonl', end: 'jsonl', write: jsonOf },
} as const
export type LogFormat = keyof typeof formats

/** Of several proxies each line names its own, and they stand in the order of the list that the page shows. */
export async function exportLines(proxies: readonly ShownProxy[], format: LogFormat): Promise<void> {
  const kept: KeptLine[] = []
  for (const proxy of proxies) {
    // One of them missing would look like a proxy that was silent.
    if (!(await takeLines(proxy, (line) => kept.push(line)))) return
  }
  const [first, ...others] = proxies
  const isOne = others.length === 0
  const { type, end, write } = formats[format]
  const parts = (isOne ? kept : merged([], kept)).map((line) => `${write(line, isOne)}\n`)
  const name = isOne ? first?.hostname : `${proxies.length}-proxies`
  // A blob of parts: one text of all of them might be longer than a browser allows.
  saveFile(`${name}-${fileTime()}.${end}`, type, new Blob(parts))
}

/** Page by page; false: a page was refused, and the reader was told. */
async function takeLines(
  { id: proxyId, hostname }: ShownProxy,
  take: (line: KeptLine) => void,
): Promise<boolean> {
  const atMsOf = createTiming()
  let lastMs = 0
  for (let after: string | null = null; ; ) {
    const answer: OperationResult<ResultOf<typeof exportDocument>> = await client
      .mutation(exportDocument, { input: { proxyId, after, first: 10_000 } })
      .toPromise()
    if (answer.error) toast('bad', lineOf(answer.error))
    if (!answer.data) return false
    const { edges, hasNextPage, deleted } = answer.data.exportLogLines
    if (deleted > 0) take({ node: { text: '', gap: 'DELETED', lost: deleted }, hostname, atMs: lastMs })
    for (const { node } of edges) {
      lastMs = atMsOf(node)
      take({ node, hostname, atMs: lastMs })
    }
    if (!hasNextPage) return true
    after = edges.at(-1)?.cursor ?? null
  }
}

function textOf({ hostname, node: { text, gap, lost } }: KeptLine, isOne: boolean): string {
  const words = gap === null ? text : `--- ${gapWords(gap, lost)} ---`
  return isOne ? words : `${hostname} ${words}`
}

function jsonOf({ hostname, node }: KeptLine, isOne: boolean): string {
  return JSON.stringify(isOne ? node : { proxy: hostname, ...node })
}
