/** The server of the fleet bench: exactly what `npm start` runs, and it counts its statements. */
import 'reflect-metadata'
import { pino } from 'pino'
import { createApp } from '../../../server/app.ts'
import { connectDatabase, type DatabaseTarget } from '../../../server/database/connect.ts'
import { defaultRates } from '../../../server/graphql/gate.ts'
import { isBackground } from '../../../tests/support/statements.ts'
import { listen } from '../../fleet/listen.ts'
import { answer } from './answer.ts'

export interface ServerFigures {
  /** User and system time of the process since its start. */
  readonly cpuUs: number
  readonly rssBytes: number
  /** Without the heartbeats' batches and the timer jobs. */
  readonly statements: number
  readonly allStatements: number
}

let statements = 0
let allStatements = 0

answer({
  async start({ target, port }: { target: DatabaseTarget; port: number }) {
    const database = connectDatabase(target, {
      onStatement(text) {
        allStatements += 1
        if (!isBackground(text) && !text.includes('from "sessions"')) statements += 1
      },
    })
    const app = await createApp({
      database,
      log: pino({ level: 'warn' }),
      clock: () => new Date(),
      webDirectory: null,
      // Counted as in production, but the whole fleet enrols from one address, and some agents sync without a pause.
      rates: { ...defaultRates, address: Number.POSITIVE_INFINITY, agent: 1e9 },
    })
    return (await listen(app.server, '127.0.0.1', port)).port
  },
  figures(): ServerFigures {
    const { user, system } = process.cpuUsage()
    return { cpuUs: user + system, rssBytes: process.memoryUsage.rss(), statements, allStatements }
  },
})
