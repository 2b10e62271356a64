/** Processes of a bench, each with its own processor time: asked and answered over Node's own channel. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { bundleForNode } from '../../build.mjs'
import { root } from '../../setup.mjs'
import type { Reply } from './answer.ts'

export interface Child {
  readonly pid: number
  /** Rejects with what the handler threw, or when the process ends before it has answered. */
  ask<Answer>(name: string, input?: unknown): Promise<Answer>
  /** Resolves when the process has gone. */
  end(signal: NodeJS.Signals): Promise<void>
}

/**
 * Runs a file of this folder, bundled and in production as `npm start` runs the server: what tsx makes of TypeScript is
 * slower. With as many file descriptors as the system allows: one socket takes one on each side.
 */
export async function startChild(name: string): Promise<Child> {
  const script = join('dist', 'bench', `${name}.mjs`)
  await bundleForNode(`scripts/bench/fleet/${name}.ts`, script)
  const shell = 'ulimit -n "$(ulimit -Hn)" && exec "$@"'
  const args = ['-c', shell, 'sh', process.execPath, join(root, script)]
  const child: ChildProcess = spawn('sh', args, {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  const gone = once(child, 'exit').then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${script} has ended`))
    waiting.clear()
  })
  child.on('message', (reply: Reply) => {
    const asked = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('error' in reply) asked?.reject(new Error(reply.error))
    else asked?.resolve(reply.answer as never)
  })
  let questions = 0
  return {
    pid: child.pid ?? 0,
    ask(name, input) {
      questions += 1
      const id = questions
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        child.send({ id, name, input }, (error) => error && reject(error))
      })
    },
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await gone
    },
  }
}
