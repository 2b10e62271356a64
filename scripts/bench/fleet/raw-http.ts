/** What any server on node:http pays at least: reads a body, and answers with bytes that it was given. */
import { createServer } from 'node:http'
import { listen } from '../../fleet/listen.ts'
import { answer } from './answer.ts'

let payload = Buffer.alloc(0)
const server = createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': payload.byteLength })
    response.end(payload)
  })
})

answer({
  async start(text: string) {
    payload = Buffer.from(text)
    return (await listen(server, '127.0.0.1', 0)).port
  },
  figures() {
    const { user, system } = process.cpuUsage()
    return { cpuUs: user + system }
  },
})
