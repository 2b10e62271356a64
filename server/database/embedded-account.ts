/** As whom the embedded PostgreSQL runs, and running its commands as that account. */
import { spawn } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { unlessMissing } from './errno.ts'

/** Nothing of our own environment: PGDATA or LC_MESSAGES would change what the programs do and say. */
export const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
}

export interface Account {
  /** As seen from outside; the owner of the files. */
  readonly uid: number
  readonly gid: number
  /** What the command line begins with. */
  readonly prefix: readonly string[]
  readonly identity: { readonly uid?: number; readonly gid?: number }
}

/**
 * PostgreSQL refuses root, and initdb a uid without a name. Both run in a user namespace in which our files
 * belong to `nobody`; where those are blocked (most containers), root changes to the real `nobody`.
 * Data that exists decides: it can be used only by the user who owns it.
 */
export async function chooseAccount(
  data: string,
  runAs: 'auto' | 'direct' | 'namespace' | 'nobody',
): Promise<Account> {
  const [uid, gid] = [ownUid(), process.getgid?.() ?? 0]
  const direct: Account = { uid, gid, prefix: [], identity: {} }
  if (runAs === 'direct' || (runAs === 'auto' && uid !== 0 && hasName())) return direct

  const owner = await stat(data).catch(unlessMissing(null))
  if (uid === 0 && owner && owner.uid !== 0) return impersonated(owner)

  const nobody = await findNobody()
  const prefix = ['unshare', '--user', `--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`]
  const trial = runAs === 'nobody' ? null : await run([...prefix, 'true'])
  if (trial?.isSuccess) return { ...direct, prefix }
  if (uid === 0 && !owner && runAs !== 'namespace') return impersonated(nobody)
  throw new Error(
    `PostgreSQL can't run as ${uid === 0 ? 'root' : `uid ${uid}, which has no name`}, and user namespaces are ` +
      `not available here${trial ? ` (${trial.output})` : ''}. Start as an ordinary user who owns ${data}` +
      `${uid === 0 ? ` (or: chown -R nobody ${data})` : ''}, or set DATABASE_URL to another PostgreSQL.`,
  )
}

function impersonated({ uid, gid }: { uid: number; gid: number }): Account {
  return { uid, gid, prefix: [], identity: { uid, gid } }
}

async function findNobody(): Promise<{ uid: number; gid: number }> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(unlessMissing(''))
  const [, , uid, gid] = /^nobody:.*$/m.exec(passwd)?.[0].split(':') ?? []
  if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  throw new Error('PostgreSQL needs the user nobody, which is not in /etc/passwd. Set DATABASE_URL instead.')
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

export function ownUid(): number {
  return process.getuid?.() ?? 0
}

export interface RunOptions {
  readonly account?: Account
  readonly cwd?: string
  readonly input?: string
  /** A descriptor that the command finds as its fourth (3). */
  readonly inherit?: number
}

/** Runs a command to its end. Output is both streams, to be shown when it fails. */
export function run(
  command: readonly string[],
  options: RunOptions = {},
): Promise<{ isSuccess: boolean; output: string }> {
  const [program = '', ...args] = [...(options.account?.prefix ?? []), ...command]
  return new Promise((settle) => {
    const { inherit, cwd } = options
    const child = spawn(program, args, {
      ...options.account?.identity,
      ...(cwd ? { cwd } : {}),
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe', inherit ?? 'ignore'],
    })
    let output = ''
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8_192)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.stdin?.on('error', () => {}) // it ended without reading; its exit code says why
    child.stdin?.end(options.input ?? '')
    child.once('error', (cause) => settle({ isSuccess: false, output: cause.message }))
    child.once('close', (code) => settle({ isSuccess: code === 0, output: output.trim() }))
  })
}
