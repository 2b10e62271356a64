/** An address on loopback that answers no attempt to connect, as behind a firewall that drops packets. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Address } from './listen.ts'

export interface BlackHole extends Address {
  stop(): Promise<void>
}

/** Listens and then sleeps: nobody takes connections from the queue any more. */
const sleeper = `
  const { parentPort, workerData } = require('node:worker_threads')
  const server = require('node:net').createServer()
  server.on('error', (error) => parentPort.postMessage(error.message))
  server.listen({ ...workerData, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })
`

/** Linux leaves an attempt unanswered when the queue of a listening socket is full; two connections fill this one. */
const queueLength = 2

/** Rejects when the port is taken. */
export async function startBlackHole({ host, port }: Address): Promise<BlackHole> {
  const worker = new Worker(sleeper, { eval: true, workerData: { host, port } })
  const [answer]: unknown[] = await once(worker, 'message')
  if (typeof answer !== 'number') {
    await worker.terminate()
    throw new Error(`no black hole at ${host}:${port}: ${answer}`)
  }
  const fillers: Socket[] = []
  for (let count = 0; count < queueLength; count += 1) {
    const socket = connect({ host, port: answer })
    await once(socket, 'connect')
    socket.on('error', () => {})
    fillers.push(socket)
  }
  return {
    host,
    port: answer,
    async stop() {
      for (const socket of fillers) socket.destroy()
      await worker.terminate()
    },
  }
}
