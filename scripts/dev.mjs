/** `npm run dev`: the server from its sources, restarted on change, and Vite with hot reload in front of it. */
import { spawn } from 'node:child_process'
import { ensureDependencies, root } from './setup.mjs'

await ensureDependencies((line) => process.stdout.write(`${line}\n`))
const start = (args) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
const children = [
  start(['node_modules/tsx/dist/cli.mjs', 'watch', 'server/main.ts']),
  start(['node_modules/vite/bin/vite.js', '--config', 'vite.config.ts']),
]
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal)
  })
}
