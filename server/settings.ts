/** The only reader of the server's environment: parsed once, refused by name, units in the names. */
import { isAbsolute, resolve } from 'node:path'
import * as v from 'valibot'
import type { DatabaseTarget } from './database/connect.ts'

export interface Settings {
  /** 0: any free port. */
  readonly port: number
  readonly listenAddress: string
  /** Null: start the embedded PostgreSQL under `home`. */
  readonly database: DatabaseTarget | null
  /** Null: the same as `database`. */
  readonly databaseOwner: DatabaseTarget | null
  /** Folder for everything that the embedded parts keep. */
  readonly home: string
  readonly logLevel: string
  readonly rootEmail: string
  /** Null: generated at the first start and printed once. */
  readonly rootPassword: string | null
  /** A proxy in front sets X-Forwarded-For; otherwise the header is ignored. */
  readonly isBehindProxy: boolean
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** Every variable with its help line; `--help` prints exactly this. */
export const variables = {
  APM_PORT: 'port to listen on; 0 takes a free one (default 8080)',
  APM_LISTEN: 'address to listen on (default 127.0.0.1)',
  APM_HOME: 'folder for the embedded database and other state (default .apm)',
  DATABASE_URL: 'PostgreSQL of the application role; without it the embedded one is started',
  DATABASE_OWNER_URL: 'PostgreSQL login that may migrate (default: DATABASE_URL)',
  APM_LOG_LEVEL: `one of ${logLevels.join(', ')} (default info)`,
  APM_ROOT_EMAIL: 'e-mail of the root user made at the first start (default root@localhost)',
  APM_ROOT_PASSWORD:
    'password of the root user made at the first start (default: generated and printed once)',
  APM_BEHIND_PROXY: '1 to take client addresses from X-Forwarded-For (default 0)',
} as const

const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, 'must be a number from 0 to 65535'),
  v.transform(Number),
  v.maxValue(65_535, 'must be a number from 0 to 65535'),
)
const postgresUrl = v.pipe(
  v.string(),
  v.regex(/^postgres(ql)?:\/\/.+/, 'must start with postgres:// or postgresql://'),
)
const schema = v.object({
  APM_PORT: v.optional(port, '8080'),
  APM_LISTEN: v.optional(v.pipe(v.string(), v.minLength(1, 'must name an address')), '127.0.0.1'),
  APM_HOME: v.optional(v.pipe(v.string(), v.minLength(1, 'must name a folder')), '.apm'),
  DATABASE_URL: v.optional(postgresUrl),
  DATABASE_OWNER_URL: v.optional(postgresUrl),
  APM_LOG_LEVEL: v.optional(v.picklist(logLevels, `must be one of ${logLevels.join(', ')}`), 'info'),
  APM_ROOT_EMAIL: v.optional(
    v.pipe(v.string(), v.regex(/^[^@\s]+@[^@\s]+$/, 'must be an e-mail address')),
    'root@localhost',
  ),
  APM_ROOT_PASSWORD: v.optional(v.pipe(v.string(), v.minLength(12, 'must have at least 12 characters'))),
  APM_BEHIND_PROXY: v.optional(v.picklist(['0', '1'], 'must be 0 or 1'), '0'),
})

/** A setting that can't be used; `message` names every bad variable and its rule. */
export class BadSettings extends Error {
  override readonly name = 'BadSettings'
}

/** Parses `environment`. @throws BadSettings */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = v.safeParse(schema, given)
  if (!parsed.success) {
    const lines = parsed.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)
    throw new BadSettings(lines.join('\n'))
  }
  const env = parsed.output
  const url = (text: string | undefined): DatabaseTarget | null => (text ? { kind: 'url', url: text } : null)
  return {
    port: env.APM_PORT,
    listenAddress: env.APM_LISTEN,
    database: url(env.DATABASE_URL),
    databaseOwner: url(env.DATABASE_OWNER_URL),
    home: isAbsolute(env.APM_HOME) ? env.APM_HOME : resolve(env.APM_HOME),
    logLevel: env.APM_LOG_LEVEL,
    rootEmail: env.APM_ROOT_EMAIL,
    rootPassword: env.APM_ROOT_PASSWORD ?? null,
    isBehindProxy: env.APM_BEHIND_PROXY === '1',
  }
}
