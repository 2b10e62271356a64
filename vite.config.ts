/** Builds the web app into dist/web; in development it also passes the API on to a running server. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig, loadEnv, type Plugin } from 'vite'
import solid from 'vite-plugin-solid'

export default defineConfig(({ mode }) => {
  const server = loadEnv(mode, '.', 'APM_').APM_SERVER_URL ?? 'http://127.0.0.1:8080'
  return {
    root: 'web',
    plugins: [solid(), tailwindcss(), compressed()],
    // The server replaces it in each response (server/web-app.ts).
    html: { cspNonce: 'NONCE-OF-THIS-RESPONSE' },
    build: {
      outDir: '../dist/web',
      emptyOutDir: true,
      target: 'es2022',
      // The content security policy allows neither data: URLs nor inline code.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    server: { host: '127.0.0.1', proxy: { '^/graphql$': { target: server, ws: true } } },
  }
})

/** Writes a brotli and a gzip copy beside each script and style sheet: the server sends them as they are. */
function compressed(): Plugin {
  const pack = { br: promisify(brotliCompress), gz: promisify(gzip) }
  return {
    name: 'compressed',
    apply: 'build',
    // From the files: what plugins see before is not yet what is written.
    async writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle).filter((file) => /\.(js|css)$/.test(file))) {
        const content = await readFile(join(dir, name))
        for (const [extension, compress] of Object.entries(pack)) {
          await writeFile(join(dir, `${name}.${extension}`), await compress(content))
        }
      }
    },
  }
}
