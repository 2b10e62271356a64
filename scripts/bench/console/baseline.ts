/**
 * What a page without an application costs in the same browser: all rows as one static table with a filter of three
 * lines, and a text field with all rules. Nobody's product; the least that shows and edits the same things.
 */
import { createServer } from 'node:http'
import { listen } from '../../fleet/listen.ts'
import type { PlannedProxy } from '../../fleet/seed-proxies.ts'
import type { SeedRule } from '../../fleet/seed-rules.ts'

export interface Baseline {
  readonly url: string
  close(): Promise<void>
}

export async function startBaseline(
  proxies: readonly Pick<PlannedProxy, 'hostname' | 'status'>[],
  rules: readonly SeedRule[],
): Promise<Baseline> {
  const pages: Readonly<Record<string, string>> = {
    '/table': tablePage(proxies),
    '/text': textPage(rules),
  }
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(pages[request.url ?? ''] ?? '')
  })
  const { port } = await listen(server, '127.0.0.1', 0)
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function tablePage(proxies: readonly Pick<PlannedProxy, 'hostname' | 'status'>[]): string {
  const rows = proxies.map(
    ({ hostname, status }) =>
      `<tr><td><a href="#">${hostname}</a><td>${status}<td>Office egress<td>9.2.9<td>12 s ago</tr>`,
  )
  return `<!doctype html><title>Fleet</title><input type=search>
<table><thead><tr><th>Hostname<th>Status<th>Config<th>ATS<th>Seen</thead><tbody>${rows.join('\n')}</tbody></table>
<script>
document.querySelector('input').oninput = (event) => {
  for (const row of document.querySelectorAll('tbody tr')) row.hidden = !row.textContent.includes(event.target.value)
}
</script>`
}

function textPage(rules: readonly SeedRule[]): string {
  const lines = rules.map(({ kind, value, action, note }) => `${kind} ${value} ${action} ${note}`)
  return `<!doctype html><title>Rules</title><textarea rows=40 cols=120 spellcheck=false>${lines.join('\n')}</textarea>`
}
