/** What a demo keeps in its home, and the file that tells scripts where everything is. */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** `$APM_HOME/demo.json`: what scripts and tests rely on; written when everything is ready. */
export interface DemoFile {
  readonly url: string
  readonly graphqlUrl: string
  readonly websocketUrl: string
  readonly email: string
  readonly password: string
  /** For `curl -x`; null without ATS. */
  readonly forwardProxy: string | null
  readonly origin: { readonly port: number; readonly names: readonly string[] }
  readonly parents: readonly { readonly name: string; readonly host: string; readonly port: number }[]
  readonly proxy: { readonly id: string; readonly hostname: string } | null
  readonly ats: { readonly version: string; readonly configDir: string; readonly logDir: string } | null
  readonly pids: {
    readonly server: number
    readonly agent: number | null
    readonly ats: number | null
    readonly postgres: number
  }
}

/** Kept between starts: configs name the parents' ports, and the agent knows the server's. */
export interface DemoState {
  readonly password: string
  readonly ports: Readonly<Partial<Record<PortName, number>>>
  /** Where ATS lives when the home's own path is too long for its sockets. */
  readonly atsDirectory?: string
}
export type PortName = 'server' | 'ats' | 'origin' | 'primary' | 'secondary'

export interface DemoHome {
  readonly directory: string
  readonly state: DemoState
  readonly path: (...parts: string[]) => string
  keep(news: Partial<DemoState>): void
  /** Written as a whole, readable for its owner only. */
  announce(file: DemoFile): void
  /** A reader must not take the last start's answer for this one's. */
  withdraw(): void
}

export function openHome(directory: string): DemoHome {
  // Passable but not readable for others: ATS and PostgreSQL may run as another user below it.
  mkdirSync(directory, { recursive: true })
  chmodSync(directory, 0o711)
  const path = (...parts: string[]) => join(directory, ...parts)
  const statePath = path('demo-state.json')
  let state: DemoState = existsSync(statePath)
    ? (JSON.parse(readFileSync(statePath, 'utf8')) as DemoState)
    : { password: randomBytes(12).toString('base64url'), ports: {} }
  const write = () => writePrivately(statePath, state)
  write()
  return {
    directory,
    get state() {
      return state
    },
    path,
    keep(news) {
      state = { ...state, ...news }
      write()
    },
    announce: (file) => writePrivately(path('demo.json'), file),
    withdraw: () => rmSync(path('demo.json'), { force: true }),
  }
}

function writePrivately(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  chmodSync(`${path}.new`, 0o600)
  renameSync(`${path}.new`, path)
}
