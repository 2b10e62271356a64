/** Serves the built web app: compressed files, one page for every path with a nonce of its own, strict headers. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import sirv from 'sirv'

/** What stands for the nonce in the built `index.html`; vite.config.ts has it put there. */
const noncePlaceholder = 'NONCE-OF-THIS-RESPONSE'

/** For everything that is no page: nothing may be loaded by it, nothing may frame it. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** Once a browser came by HTTPS: it never tries anything else here for two years. */
export const overHttpsOnly = ['strict-transport-security', 'max-age=63072000; includeSubDomains'] as const

export type StaticHandler = (request: IncomingMessage, response: ServerResponse) => void

/** @param directory of the built app; null or missing: a page that says how to build it */
export function createWebApp(directory: string | null): StaticHandler {
  if (directory === null || !existsSync(`${directory}/index.html`)) return notBuilt
  const servePage = createPage(readFileSync(`${directory}/index.html`, 'utf8'))
  const serveFile = sirv(directory, {
    etag: true,
    // The build writes both beside each file.
    gzip: true,
    brotli: true,
    setHeaders(response, pathname) {
      const isHashed = pathname.startsWith('/assets/')
      response.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  return (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (path === '/index.html' || !/\.[^/]+$/.test(path)) return servePage(request, response)
    serveFile(request, response, () => {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found\n')
    })
  }
}

/** The app's only page. Never stored: its nonce must not meet a second response. */
function createPage(html: string): StaticHandler {
  const parts = html.split(noncePlaceholder)
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain; charset=utf-8' })
      return response.end('Only GET and HEAD\n')
    }
    const nonce = randomBytes(16).toString('base64')
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy(nonce),
      'cache-control': 'no-store',
    })
    response.end(request.method === 'HEAD' ? undefined : parts.join(nonce))
  }
}

/**
 * Everything comes from this server; nothing may frame it.
 *
 * `'strict-dynamic'` lets the page's own scripts, which have the nonce, fetch the app's other parts, and nothing else run;
 * browsers that don't know it go by `'self'`.
 */
function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic' 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function notBuilt(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' })
  response.end('The web app is not built. Run "npm run build", then start again.\n')
}
