/** Processes of a bench, each with its own processor time: asked and answered over Node's own channel. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Child {
  readonly pid: number
  /** Rejects with what the handler threw, or when the process ends before it has answered. */
  ask<Answer>(name: string, input?: unknown): Promise<Answer>
  /** Resolves when the process has gone. */
  end(signal: NodeJS.Signals): Promise<void>
}

interface Question {
  readonly id: number
  readonly name: string
  readonly input: unknown
}
type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string }

/** Runs a TypeScript file with as many file descriptors as the system allows: one socket takes one on each side. */
export async function startChild(script: URL, env: NodeJS.ProcessEnv = {}): Promise<Child> {
  const shell = 'ulimit -n "$(ulimit -Hn)" && exec "$@"'
  const args = ['-c', shell, 'sh', process.execPath, '--import', 'tsx', script.pathname]
  const child: ChildProcess = spawn('sh', args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  const gone = once(child, 'exit').then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${script.pathname} has ended`))
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

/** In the child: answers by name, and ends when the bench has ended without a word. */
export function answer(handlers: Readonly<Record<string, (input: never) => unknown>>): void {
  process.on('disconnect', () => process.exit(0))
  process.on('message', async ({ id, name, input }: Question) => {
    try {
      process.send?.({ id, answer: await handlers[name]?.(input as never) })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
}
