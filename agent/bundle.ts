/** How esbuild makes the agent one file, which needs nothing but Node 20. */
import { fileURLToPath } from 'node:url'

/** Without `outfile`: the caller says where. */
export const agentBundle = {
  entryPoints: [fileURLToPath(new URL('./main.ts', import.meta.url))],
  bundle: true,
  platform: 'node' as const,
  target: 'node20',
  format: 'esm' as const,
  minify: true,
  keepNames: true,
  legalComments: 'none' as const,
  // ws is CommonJS: it calls require for Node's own modules.
  banner: { js: "import{createRequire as c}from'node:module';const require=c(import.meta.url);" },
}
