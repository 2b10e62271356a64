/** Finds peers that are gone without a word. Whoever speaks by itself costs nothing: agents do, every 30 s. */
import type { WebSocket, WebSocketServer } from 'ws'

/** In rounds of one second. */
const pingAfter = 31
const goneAfter = 45

/** Watches every socket that `wss` opens, until the returned function is called. */
export function startHeartbeat(wss: WebSocketServer): () => void {
  let round = 0
  const heardIn = new Map<WebSocket, number>()
  wss.on('connection', (socket) => {
    const hear = () => heardIn.set(socket, round)
    hear()
    for (const event of ['message', 'ping', 'pong'] as const) socket.on(event, hear)
    socket.once('close', () => heardIn.delete(socket))
  })
  const timer = setInterval(() => {
    round += 1
    for (const [socket, heard] of heardIn) {
      // It is not listened to while it takes too slowly what it is sent; that has a deadline of its own.
      if (socket.isPaused) heardIn.set(socket, round)
      const silence = round - heard
      if (silence >= goneAfter) socket.terminate()
      else if (silence === pingAfter) socket.ping()
    }
  }, 1_000)
  return () => clearInterval(timer)
}
