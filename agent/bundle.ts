/** How esbuild makes the agent one file, which needs nothing but Node 20. */
import { fileURLToPath } from 'node:url'
import type { BuildOptions } from 'esbuild'

/** Without `outfile`: the caller says where. */
export const agentBundle = {
  entryPoints: [fileURLToPath(new URL('./main.ts', import.meta.url))],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  // ws is CommonJS: it calls require for Node's own modules.
  banner: { js: "import{createRequire as c}from'node:module';const require=c(import.meta.url);" },
} satisfies BuildOptions
