/** Follows a proxy's captured logs from the shell: text or JSON lines, from where it was left, over the API. */
import { parseArgs } from 'node:util'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { inertText } from '../server/core/log-line.ts'

const help = `npm run tail -- --server URL --proxy HOSTNAME [--last N] [--after CURSOR] [--json]

  --server URL     the server, https://manager.example
  --proxy NAME     the proxy's hostname, or its id
  --last N         begin with so many of the newest lines (default: 10, at most 50,000)
  --after CURSOR   go on after this line; with --json every line tells its cursor
  --json           one JSON object a line, with every field

The token comes from the environment: APM_TOKEN, an API token that may read. Lines are captured while somebody has
started a capture: the proxy's page, or the mutation startLogCapture. A lost connection is made again, and goes on
exactly. Ends with Ctrl-C, or when its output is closed.
`

const { values } = parseArgs({
  options: {
    server: { type: 'string' },
    proxy: { type: 'string' },
    last: { type: 'string', default: '10' },
    after: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const { APM_TOKEN: token } = process.env

interface Line {
  readonly cursor: string
  readonly node: { readonly text: string; readonly gap: string | null; readonly lost: number | null }
}

async function main({ server = '', proxy = '' }: typeof values): Promise<void> {
  const proxyId = await idOf(server, proxy)
  const variables = { proxyId, after: values.after ?? null, last: Number(values.last) }
  const url = new URL('/graphql', server)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = createClient({
    url: url.href,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: Number.POSITIVE_INFINITY,
    // 4401: the token is over, and another try would not help.
    shouldRetry: (event) => (event as { code?: number }).code !== 4401,
  })
  const fields =
    'epoch offset at source text transaction client method url host ruleLine parent status durationMs gap lost'
  const lines = socket.iterate<{ logLines: { dropped: number; deleted: number; edges: readonly Line[] } }>({
    query: `subscription ($proxyId: ID!, $after: String, $last: Int!) {
      logLines(proxyId: $proxyId, after: $after, last: $last) { dropped deleted edges { cursor node { ${fields} } } } }`,
    variables,
  })
  for await (const { data, errors } of lines) {
    if (!data) throw new Error(errors?.[0]?.message ?? 'no answer')
    const { dropped, deleted, edges } = data.logLines
    if (deleted > 0) console.error(`--- ${deleted} lines were deleted before they were read ---`)
    if (dropped > 0) console.error(`--- ${dropped} lines skipped: this reader is too slow ---`)
    for (const line of edges) {
      // Sent again with the next connection, which goes on after it.
      variables.after = line.cursor
      process.stdout.write(`${values.json ? jsonOf(line) : textOf(line)}\n`)
    }
  }
}

function textOf({ node: { text, gap, lost } }: Line): string {
  // The server has made it inert; a terminal is worth a second look.
  return inertText(
    gap === null ? text : `--- ${lost ?? 'unknown many'} lines missing: ${gap.toLowerCase()} ---`,
  )
}

function jsonOf({ cursor, node }: Line): string {
  return JSON.stringify({ cursor, ...node })
}

async function idOf(server: string, proxy: string): Promise<string> {
  const query = '{ proxies(first: 100, search: $search) { edges { node { id hostname } } } }'
  const answer = await fetch(new URL('/graphql', server), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: `query ($search: String) ${query}`, variables: { search: proxy } }),
  })
  const { data, errors } = (await answer.json()) as {
    data?: { proxies: { edges: readonly { node: { id: string; hostname: string } }[] } }
    errors?: readonly { message: string }[]
  }
  if (!data) throw new Error(errors?.[0]?.message ?? `the server answered ${answer.status}`)
  const found = data.proxies.edges.find(({ node }) => node.hostname === proxy)
  return found?.node.id ?? proxy
}

process.stdout.on('error', () => process.exit(0)) // whoever read it has gone
if (values.help || !values.server || !values.proxy || !token) {
  process.stdout.write(help)
  process.exitCode = values.help ? 0 : 2
} else {
  main(values).catch((error) => {
    const words = error instanceof Error ? error.message : JSON.stringify(error)
    process.stderr.write(`tail: ${inertText(words)}\n`)
    process.exitCode = 1
  })
}
