/** The only reader of the server's environment: parsed once, refused by name, units in the names. */
import { isAbsolute, resolve } from 'node:path'
import * as v from 'valibot'
import { type AddressRange, parseRange } from './core/cidr.ts'
import type { DatabaseTarget } from './database/connect.ts'
import { defaultRates, type Rates } from './graphql/gate.ts'
import type { TlsFiles } from './listener.ts'

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
  /** Proxies in front whose X-Forwarded-… headers are believed; of others they are ignored. */
  readonly trustedProxies: readonly AddressRange[]
  /** Null: plain HTTP. */
  readonly tls: TlsFiles | null
  readonly rates: Rates
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
  APM_TRUSTED_PROXIES:
    'addresses and ranges of proxies in front, with commas; X-Forwarded-… is taken from them (default: none)',
  APM_TLS_CERT: 'PEM file of the certificate and its chain, to speak HTTPS; read again when it changes',
  APM_TLS_KEY: 'PEM file of its key',
  APM_PERSON_RATE: `requests a minute of one person (default ${defaultRates.person})`,
  APM_TOKEN_RATE: `requests a minute by one API token (default ${defaultRates.token})`,
  APM_AGENT_RATE: `requests a minute of one agent (default ${defaultRates.agent})`,
  APM_ADDRESS_RATE: `requests a minute of one address without a good token (default ${defaultRates.address})`,
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
const ranges = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').filter((part) => part.trim() !== '')),
  v.transform((parts) => parts.map((part) => parseRange(part))),
  v.check(
    (parsed) => parsed.every(({ ok }) => ok),
    'must list addresses and ranges, as 192.0.2.7,10.0.0.0/8',
  ),
  v.transform((parsed) => parsed.flatMap((each) => (each.ok ? [each.range] : []))),
)
const rate = v.pipe(
  v.string(),
  v.regex(/^\d{1,7}$/, 'must be a number from 10 to 9999999'),
  v.transform(Number),
  v.minValue(10, 'must be a number from 10 to 9999999'),
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
  APM_TRUSTED_PROXIES: v.optional(ranges, ''),
  APM_TLS_CERT: v.optional(v.string()),
  APM_TLS_KEY: v.optional(v.string()),
  APM_PERSON_RATE: v.optional(rate, String(defaultRates.person)),
  APM_TOKEN_RATE: v.optional(rate, String(defaultRates.token)),
  APM_AGENT_RATE: v.optional(rate, String(defaultRates.agent)),
  APM_ADDRESS_RATE: v.optional(rate, String(defaultRates.address)),
  APM_BEHIND_PROXY: v.optional(v.never('must be left out: name the proxies in APM_TRUSTED_PROXIES instead')),
})
/** One without the other is half a certificate. */
const whole = v.pipe(
  schema,
  v.forward(
    v.check(
      ({ APM_TLS_CERT, APM_TLS_KEY }) => (APM_TLS_CERT === undefined) === (APM_TLS_KEY === undefined),
      'must be set together with APM_TLS_CERT, or neither',
    ),
    ['APM_TLS_KEY'],
  ),
)

/** A setting that can't be used; `message` names every bad variable and its rule. */
export class BadSettings extends Error {
  override readonly name = 'BadSettings'
}

/** Parses `environment`. @throws BadSettings */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = v.safeParse(whole, given)
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
    trustedProxies: env.APM_TRUSTED_PROXIES,
    tls:
      env.APM_TLS_CERT === undefined || env.APM_TLS_KEY === undefined
        ? null
        : { certificate: env.APM_TLS_CERT, key: env.APM_TLS_KEY },
    rates: {
      person: env.APM_PERSON_RATE,
      token: env.APM_TOKEN_RATE,
      agent: env.APM_AGENT_RATE,
      address: env.APM_ADDRESS_RATE,
    },
  }
}
