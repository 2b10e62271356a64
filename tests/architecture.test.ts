/** Who may import what, as one table; a planted violation of every rule proves that it is seen. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Import {
  /** A package (`node:fs`, `jose`), or a path from the project's folder (`server/core/cidr.ts`). */
  readonly target: string
  readonly isTypeOnly: boolean
}
interface Rule {
  readonly name: string
  /** Which files it is about; tests beside their unit are exempt from all rules. */
  readonly files: RegExp
  readonly except?: RegExp
  /** Whether a file may import something. */
  readonly mayImport: (what: Import, file: string) => boolean
}

const nouns = 'audit|config|enrolment|proxy|route|session|settings|sync|user|log-capture|stats'
const nounOf = (file: string) => /^server\/([^/]+)\//.exec(file)?.[1] ?? ''
const isOwn = (file: string, target: string) => target.startsWith(`server/${nounOf(file)}/`)
const sharedBits = /^server\/(operation|permit|paging|secrets|token-input)\.ts$/
const isAny = (target: string, ...patterns: RegExp[]) => patterns.some((pattern) => pattern.test(target))

const rules: readonly Rule[] = [
  {
    name: 'core is pure: itself and a short list of browser-safe libraries',
    files: /^server\/core\//,
    mayImport: ({ target }, file) =>
      isAny(target, /^server\/core\//, /^(ipaddr\.js|yaml)$/) ||
      (file === 'server/core/sha256.ts' && target === 'node:crypto'),
  },
  {
    name: 'the database knows core, drizzle and postgres',
    files: /^server\/database\//,
    mayImport: ({ target }) =>
      isAny(target, /^server\/(core|database)\//, /^(drizzle-orm(\/.+)?|postgres|node:.+)$/),
  },
  {
    name: 'verbs and reads know the operation, the tables, their own noun and other nouns’ reads',
    files: new RegExp(`^server/(${nouns})/`),
    except: /\.(resolver|types|inputs)\.ts$/,
    mayImport: ({ target, isTypeOnly }, file) =>
      isAny(target, /^server\/core\//, sharedBits, /^server\/database\/tables\.ts$/, /\.read\.ts$/) ||
      // Whatever an agent says is met with the same question.
      target === 'server/sync/own-proxy.ts' ||
      (isTypeOnly && target.startsWith('server/database/')) ||
      (file === 'server/sync/fleet-memory.ts' && target === 'server/database/observe.ts') ||
      (isOwn(file, target) && !/\.(resolver|types)\.ts$/.test(target)) ||
      (file === 'server/user/common-passwords.ts' && isAny(target, /^node:(fs|module|zlib)$/)) ||
      (file === 'server/user/totp.ts' && target === 'otpauth') ||
      isAny(target, /^(drizzle-orm|node:crypto|jose|dataloader|@node-rs\/argon2|rate-limiter-flexible)$/),
  },
  {
    name: 'resolvers and their types know their own verbs, GraphQL, and other nouns’ reads and types',
    files: new RegExp(`^server/(${nouns})/.+\\.(resolver|types|inputs)\\.ts$`),
    mayImport: ({ target, isTypeOnly }, file) =>
      isOwn(file, target) ||
      (isTypeOnly && target === 'server/database/tables.ts') ||
      isAny(target, /^server\/(core|graphql)\//, sharedBits, /\.(read|types)\.ts$/) ||
      isAny(target, /^(type-graphql|graphql-scalars)$/),
  },
  {
    name: 'what all nouns share knows no noun',
    files: sharedBits,
    mayImport: ({ target }) =>
      isAny(target, /^server\/(core|database)\//, sharedBits, /^(dataloader|node:crypto)$/),
  },
  {
    name: 'upkeep may call verbs, never a resolver',
    files: /^server\/upkeep\.ts$/,
    mayImport: ({ target }) => !isAny(target, /\.resolver\.ts$/, /^server\/(graphql\/|app|main)/, /graphql/),
  },
  {
    name: 'the agent knows itself, core and its protocol libraries',
    files: /^agent\//,
    mayImport: ({ target }, file) =>
      isAny(target, /^(agent|server\/core)\//, /^(graphql-ws|ws|jose|pino|node:.+)$/) ||
      (file === 'agent/once.ts' && target === 'diff') ||
      (file === 'agent/bundle.ts' && target === 'esbuild'),
  },
  {
    name: 'the web app’s kit and its formats know neither router nor API',
    files: /^web\/(ui\/|format\.ts)/,
    mayImport: ({ target }) =>
      isAny(target, /^web\/(ui\/|format\.ts)/, /^(solid-js|@kobalte\/core|lucide-solid|diff)(\/.+)?$/) ||
      target.endsWith('.css'),
  },
  {
    name: 'the web app shares core with the server, and nothing else',
    files: /^web\//,
    mayImport: ({ target }) =>
      !isAny(target, /^(server\/(?!core\/)|agent\/|scripts\/|tests\/)/, /^(node:|drizzle|postgres|jose)/) &&
      // Hashes are Node's: what makes them stays out of the browser.
      !isAny(target, /^server\/core\/(sha256|config-files)\.ts$/),
  },
  {
    name: 'the server runs without agent, web app, scripts and tests',
    files: /^server\//,
    mayImport: ({ target }) => !isAny(target, /^(agent|web|scripts|tests)\//),
  },
  {
    name: 'compositions are imported by compositions alone',
    files: /^(server|agent|web)\//,
    except: /^server\/main\.ts$/,
    mayImport: ({ target }) => !isAny(target, /^server\/(app|main)\.ts$/, /^agent\/main\.ts$/),
  },
  {
    name: 'jose is spoken in two places',
    files: /^(server|agent|web)\//,
    except: /^(server\/session\/tokens|agent\/identity)\.ts$/,
    mayImport: ({ target }) => target !== 'jose',
  },
  {
    name: 'child processes are started in four places',
    files: /^(server|agent|web)\//,
    except: /^(agent\/(ats|log-capture\/(guard|journal))|server\/database\/embedded(-account)?)\.ts$/,
    mayImport: ({ target }) => target !== 'node:child_process',
  },
  {
    name: 'no barrels',
    files: /./,
    mayImport: ({ target }) => !/(^|\/)index(\.[jt]sx?)?$/.test(target),
  },
]

/** Rules about a file's own text or name. */
const texts: readonly { name: string; files: RegExp; except?: RegExp; forbidden: RegExp }[] = [
  {
    name: 'the environment is read in settings.ts alone',
    files: /^(server|agent|web)\//,
    except: /^(server|agent)\/settings\.ts$/,
    forbidden: /\bprocess\.env\b/,
  },
  { name: 'no barrels', files: /(^|\/)index\.[jt]sx?$/, forbidden: /^/ },
  {
    name: 'SQL is built by drizzle or postgres.js, never from pieces of text',
    files: /^server\//,
    forbidden: /sql\.raw\(|\.unsafe\(/,
  },
]

/** Every `import`, `export … from` and dynamic import of a text. */
function importsOf(file: string, text: string): readonly Import[] {
  const found: Import[] = []
  const statement = /^(?:import|export)\s+(type\s+)?(?:([^'"`;]*?)\s+from\s+)?'([^']+)'/gms
  for (const [, type, names = '', specifier = ''] of text.matchAll(statement)) {
    const listed = /^\{(.*)\}$/s
      .exec(names.trim())?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean)
    const isTypeOnly = type !== undefined || (listed?.every((name) => name.startsWith('type ')) ?? false)
    found.push({ target: resolved(file, specifier), isTypeOnly })
  }
  for (const [, specifier = ''] of text.matchAll(/\bimport\(\s*'([^']+)'/g)) {
    found.push({ target: resolved(file, specifier), isTypeOnly: false })
  }
  return found
}

function resolved(file: string, specifier: string): string {
  if (specifier.startsWith('#core/')) return `server/core/${specifier.slice('#core/'.length)}.ts`
  if (!specifier.startsWith('.')) return specifier
  return join(file, '..', specifier)
}

/** @returns one line per violation: `file → import: rule` */
function violations(files: ReadonlyMap<string, string>): readonly string[] {
  const found: string[] = []
  for (const [file, text] of files) {
    if (/\.test\.tsx?$/.test(file)) continue
    const isAbout = (rule: { files: RegExp; except?: RegExp }) =>
      rule.files.test(file) && !rule.except?.test(file)
    const imports = importsOf(file, text)
    for (const rule of rules.filter(isAbout)) {
      for (const each of imports) {
        if (!rule.mayImport(each, file)) found.push(`${file} → ${each.target}: ${rule.name}`)
      }
    }
    for (const { name, forbidden } of texts.filter((rule) => isAbout(rule) && rule.forbidden.test(text))) {
      found.push(`${file} → ${forbidden.source}: ${name}`)
    }
  }
  return found
}

function sources(): ReadonlyMap<string, string> {
  const files = ['server', 'agent', 'web', 'scripts', 'tests'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|tsx|mjs)$/.test(path))
      .map((path) => join(folder, path)),
  )
  return new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
}

test('every import is allowed', () => {
  const files = sources()
  expect(files.size).toBeGreaterThan(150)
  expect([...files].flatMap(([file, text]) => importsOf(file, text)).length).toBeGreaterThan(500)
  expect(violations(files)).toEqual([])
})

describe('what is planted is seen', () => {
  test.each([
    ['server/core/x.ts', "import { readFileSync } from 'node:fs'", 'core is pure'],
    ['server/core/x.ts', "import type { Operation } from '../operation.ts'", 'core is pure'],
    ['server/core/ats/x.ts', "export { sql } from 'drizzle-orm'", 'core is pure'],
    ['server/database/x.ts', "import { permit } from '../permit.ts'", 'the database'],
    ['server/config/x.ts', "import { change } from '../database/change.ts'", 'verbs'],
    ['server/config/x.ts', "import { type A, change } from '../database/change.ts'", 'verbs'],
    ['server/config/x.ts', "import { Field } from 'type-graphql'", 'verbs'],
    ['server/config/x.ts', "import { retireProxy } from '../proxy/retire.ts'", 'verbs'],
    ['server/config/x.ts', "import { ConfigResolver } from './config.resolver.ts'", 'verbs'],
    ['server/config/x.read.ts', "import { ConfigResolver } from './config.resolver.ts'", 'verbs'],
    ['server/config/x.read.ts', "import {\n  presentError,\n} from '../graphql/errors.ts'", 'verbs'],
    ['server/proxy/x.resolver.ts', "import { users } from '../database/tables.ts'", 'resolvers'],
    ['server/proxy/x.resolver.ts', "import { approveConfig } from '../config/approve.ts'", 'resolvers'],
    ['server/proxy/x.types.ts', "import { sql } from 'drizzle-orm'", 'resolvers'],
    ['server/permit.ts', "import { login } from './session/login.ts'", 'what all nouns share'],
    ['server/upkeep.ts', "import { UserResolver } from './user/user.resolver.ts'", 'upkeep'],
    ['agent/x.ts', "import { permit } from '../server/permit.ts'", 'the agent'],
    ['agent/x.ts', "import { graphql } from 'graphql'", 'the agent'],
    ['web/ui/X.tsx', "import { useNavigate } from '@solidjs/router'", 'the web app’s kit'],
    ['web/ui/X.tsx', "import { client } from '../client.ts'", 'the web app’s kit'],
    ['web/config/X.tsx', "import { users } from '../../server/database/tables.ts'", 'the web app shares'],
    ['web/config/X.tsx', "import { join } from 'node:path'", 'the web app shares'],
    ['web/config/X.tsx', "import { configHash } from '#core/config-files'", 'the web app shares'],
    ['server/x.ts', "import { apply } from '../agent/apply.ts'", 'the server runs'],
    ['server/x.ts', "const late = await import('../tests/support/ats.ts')", 'the server runs'],
    ['server/upkeep.ts', "import { createApp } from './app.ts'", 'compositions'],
    ['server/graphql/x.ts', "import { jwtVerify } from 'jose'", 'jose'],
    ['agent/offer.ts', "import { jwtVerify } from 'jose'", 'jose'],
    ['agent/x.ts', "import { spawn } from 'node:child_process'", 'child processes'],
    ['server/main.ts', "import { spawn } from 'node:child_process'", 'child processes'],
    ['server/x.ts', "import { all } from './config/index.ts'", 'no barrels'],
    ['server/config/index.ts', '', 'no barrels'],
    ['server/app.ts', 'const port = process.env.PORT', 'the environment'],
    ['agent/main.ts', 'const { HOME } = process.env', 'the environment'],
    ['server/config/x.read.ts', 'op.read.execute(sql.raw(text))', 'SQL is built'],
  ])('%s: %s', (file, text, rule) => {
    expect(violations(new Map([[file, text]])).join('\n')).toContain(`: ${rule}`)
  })

  test('what is right is left alone', () => {
    const right = new Map([
      ['server/config/x.ts', "import type { AuditDraft } from '../database/change.ts'"],
      ['server/config/x.test.ts', "import { spawn } from 'node:child_process'"],
      ['server/config/y.ts', "import { readSettings } from '../settings/settings.read.ts'"],
      ['web/config/X.tsx', "import { limits } from '#core/config-document'"],
      ['server/session/tokens.ts', "import { jwtVerify } from 'jose'"],
      ['server/settings.ts', 'const port = process.env.PORT'],
    ])
    expect(violations(right)).toEqual([])
  })
})
