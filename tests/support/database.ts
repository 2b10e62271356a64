/** A database of its own for each test file: a clone of the migrated template. */
import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import {
  type Connection,
  connectDatabase,
  connectOwner,
  type DatabaseTarget,
} from '../../server/database/connect.ts'
import { templateName } from './global-database.ts'

export interface TestDatabase extends Connection {
  readonly target: DatabaseTarget
  readonly owner: DatabaseTarget
  /** Statements sent since the last `forgetStatements()`. */
  readonly statements: readonly string[]
  forgetStatements(): void
}

export async function cloneDatabase(): Promise<TestDatabase> {
  const { directory, port, ownerUser, applicationUser } = inject('cluster')
  const database = `test_${randomBytes(6).toString('hex')}`
  const socket = { kind: 'socket', directory, port } as const
  const maintenance = connectOwner({ ...socket, database: 'postgres', user: ownerUser })
  // Cloning needs the template to itself; other test files may be cloning it right now.
  await maintenance`select pg_advisory_lock(1)`
  await maintenance`create database ${maintenance(database)} template ${maintenance(templateName)}`
  await maintenance.end()

  const statements: string[] = []
  const target = { ...socket, database, user: applicationUser }
  const connection = connectDatabase(target, { onStatement: (statement) => statements.push(statement) })
  return {
    ...connection,
    target,
    owner: { ...socket, database, user: ownerUser },
    statements,
    forgetStatements: () => void statements.splice(0),
  }
}
