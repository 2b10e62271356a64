/** Builds the web app into dist/web; in development it also passes the API on to a running server. */
import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig, loadEnv, type Plugin } from 'vite'
import solid from 'vite-plugin-solid'

const isCode = (id: string) => !id.includes('/locales/')

/** Areas whose texts are fetched together nearly always, each by the name of its file. */
const families = {
  proxies: ['fleet', 'proxy'],
  configs: ['configs', 'document', 'editor', 'review'],
} as const

/** One file of texts for each family and language; null: a file of its own, or no texts. */
function familyOf(id: string): string | null {
  const [, language, area] = /\/locales\/([\w-]+)\/(\w+)\.ts$/.exec(id) ?? []
  const family = Object.entries(families).find(([, areas]) => areas.some((each) => each === area))
  return family ? `${family[0]}-${language}` : null
}

/**
 * A browser pays for each file, in requests and in main-thread time, and small files compress badly: what the entry
 * needs is one file, and what most pages share another.
 */
const chunks = [
  { name: 'entry', test: isCode, tags: ['$initial' as const] },
  { name: 'shared', test: isCode, minShareCount: 7 },
  { name: familyOf, test: /\/locales\// },
]

/** The API client gets a GraphQL library without parser and printer: no document of ours needs them. */
const withoutParser: Plugin = {
  name: 'without-parser',
  apply: 'build',
  enforce: 'pre',
  resolveId: (id, importer) =>
    id === '@0no-co/graphql.web' && importer?.includes('/@urql/')
      ? fileURLToPath(new URL('web/graphql-web.ts', import.meta.url))
      : null,
}

export default defineConfig(({ mode }) => {
  const server = loadEnv(mode, '.', 'APM_').APM_SERVER_URL ?? 'http://127.0.0.1:8080'
  return {
    root: 'web',
    plugins: [withoutParser, solid(), tailwindcss()],
    // The server replaces it in each response (server/web-app.ts).
    html: { cspNonce: 'NONCE-OF-THIS-RESPONSE' },
    build: {
      outDir: '../dist/web',
      emptyOutDir: true,
      target: 'es2022',
      // The content security policy allows neither data: URLs nor inline code.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
    },
    server: { host: '127.0.0.1', proxy: { '^/graphql$': { target: server, ws: true } } },
  }
})
