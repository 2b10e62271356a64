/** Where the database is, and the two ways in: the application's role, and the owner that migrates. */
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres, { type Options, type Sql } from 'postgres'
import * as tables from './tables.ts'

/** A URL as operators give it, or a Unix socket (postgres.js can't take one in a URL). */
export type DatabaseTarget =
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'socket'
      readonly directory: string
      readonly port: number
      readonly database: string
      readonly user: string
    }

export type Database = PostgresJsDatabase<typeof tables>
/** The same tables without any way to write: what `op.read` is. */
export type ReadDatabase = Pick<Database, 'select' | 'selectDistinct' | 'selectDistinctOn'>
export type WriteTransaction = Parameters<Parameters<Database['transaction']>[0]>[0]

export interface Connection {
  readonly sql: Sql
  readonly db: Database
  close(): Promise<void>
}

/** The role every application connection takes on: it can't rewrite the audit trail (drizzle/0001_guard.sql). */
export const applicationRole = 'apm_app'

export interface ConnectOptions {
  /** Connections at the most. */
  readonly max?: number
  /** Called with every statement's text; tests count them. */
  readonly onStatement?: (statement: string) => void
}

/** Opens the application's connections, as `apm_app` whoever logs in. Connects lazily. */
export function connectDatabase(target: DatabaseTarget, options: ConnectOptions = {}): Connection {
  const sql = open(target, {
    max: options.max ?? 10,
    connection: { role: applicationRole, application_name: 'apm' },
    ...(options.onStatement && { debug: (_id: number, text: string) => options.onStatement?.(text) }),
  })
  return { sql, db: drizzle(sql, { schema: tables }), close: () => sql.end({ timeout: 5 }) }
}

/** Opens one connection with the login's own rights, for migrations. */
export function connectOwner(target: DatabaseTarget): Sql {
  return open(target, { max: 1, connection: { application_name: 'apm-migrate' } })
}

function open(target: DatabaseTarget, options: Options<Record<string, never>>): Sql {
  const common = {
    onnotice: () => {},
    connect_timeout: 10,
    // The driver would ask for the types of arrays on each new connection, and end the process where that is cut off
    // (nobody awaits its question). Drizzle reads and writes arrays as their text.
    fetch_types: false,
    ...options,
  }
  if (target.kind === 'url') return postgres(target.url, common)
  const { directory, port, database, user } = target
  return postgres({ ...common, host: directory, port, database, user })
}
