/** Who is logged in: login, resumption after a reload, the beacon, and the end of a session, in every tab alike. */
import { type CombinedError, createClient, fetchExchange } from '@urql/core'
import { createSignal } from 'solid-js'
import { Role } from '#core/vocabulary'
import { setServerTime } from './clock.ts'
import { graphql, type ResultOf } from './graphql.ts'
import { codeOf, problemsOf } from './messages.ts'
import { type Beacon, type Heard, startBeacon } from './session/beacon.ts'
import { inOneTab, openTabs } from './session/tabs.ts'

const userFields = graphql('fragment UserFields on User @_unmask { id email name role }')
const loginDocument = graphql(
  `mutation Login($input: LoginInput!) {
    login(input: $input) { accessToken expiresAt endsAt copiedSession { id endedAt copiedFrom } user { ...UserFields } }
  }`,
  [userFields],
)
const logoutDocument = graphql('mutation Logout { logout { ended } }')
const beaconDocument = graphql(
  `mutation Beacon {
    beacon {
      serverTime accessToken expiresAt endsAt copiedSession { id endedAt copiedFrom } user { ...UserFields }
    }
  }`,
  [userFields],
)

export type SessionUser = ResultOf<typeof userFields>
/** The server's reason (`SESSION_…`), or that this page was suspended for so long that it could send no beacon. */
export type EndReason = 'over' | 'logged_out' | 'ended' | 'silent' | 'slept' | 'expired' | 'copied'
export type SessionState =
  | { readonly kind: 'starting'; readonly isUnreachable: boolean }
  | { readonly kind: 'none'; readonly why: EndReason | null }
  | { readonly kind: 'active'; readonly user: SessionUser }

/** What a login or one beacon brings, for all tabs. */
type Renewal = ResultOf<typeof loginDocument>['login'] & { readonly serverTime?: string }
type Message =
  | { readonly kind: 'renewed'; readonly renewal: Renewal }
  | { readonly kind: 'ended'; readonly why: EndReason }

const [session, setSession] = createSignal<SessionState>({ kind: 'starting', isUnreachable: false })
const [endsAt, setEndsAt] = createSignal<number>()
const [silentSince, setSilentSince] = createSignal<number | null>(null)
const [copied, setCopied] = createSignal<Renewal['copiedSession']>(null)

export {
  /** The newest of the person's sessions that ended because of a copy of its cookie; null: none. */
  copied,
  /** When the session ends whatever happens: milliseconds since the epoch, by the server's clock. */
  endsAt,
  session,
  /** Since when no beacon was answered, in milliseconds since the epoch by this browser's clock; null: all is well. */
  silentSince,
}

/** In memory only: a script that reads storage finds nothing to steal. */
let access: { readonly token: string; readonly expiresAt: string } | undefined
let beacon: Beacon | undefined
const requestTimeoutMs = 10_000

const tabs = openTabs<Message>((message) => {
  if (message.kind === 'ended') end(message.why)
  else goOn(message.renewal)
})

/** Talks about sessions only: without the exchanges that would themselves ask for a session. */
const door = createClient({
  url: '/graphql',
  preferGetMethod: false,
  exchanges: [fetchExchange],
  fetchOptions: () => ({
    credentials: 'same-origin',
    signal: AbortSignal.timeout(requestTimeoutMs),
    headers: authorization() === undefined ? {} : { authorization: authorization() ?? '' },
  }),
})

/** The value of the Authorization header, if somebody is logged in. */
export function authorization(): string | undefined {
  return access === undefined ? undefined : `Bearer ${access.token}`
}

/** The same, renewed first when it is about to expire. */
export async function freshAuthorization(): Promise<string | undefined> {
  if (access !== undefined && Date.parse(access.expiresAt) - Date.now() < requestTimeoutMs) await lookAgain()
  return authorization()
}

/**
 * Finds out, by the cookie, whether a session goes on after a reload.
 *
 * The cookie can't be read here, but where this browser has had no session there is none to ask for: the login page
 * then shows at once, and no request is refused.
 */
export async function resumeSession(): Promise<void> {
  if (!mayHaveSession()) return void setSession({ kind: 'none', why: null })
  const { data, error } = await door.mutation(beaconDocument, {}).toPromise()
  if (data) return goOn(data.beacon)
  if (codeOf(error) === 'UNAUTHENTICATED') return end(reasonOf(error))
  setSession({ kind: 'starting', isUnreachable: true })
  setTimeout(() => void resumeSession(), 2_000)
}

/** Logs in, also anew while a session goes on; the error, if it is refused or fails. @param code of a second factor */
export async function logIn(
  email: string,
  password: string,
  code: string | null = null,
): Promise<CombinedError | undefined> {
  const { data, error } = await door.mutation(loginDocument, { input: { email, password, code } }).toPromise()
  if (!data) return error
  goOn(data.login)
  tabs.tell({ kind: 'renewed', renewal: data.login })
  return undefined
}

export async function logOut(): Promise<void> {
  beacon?.stop()
  await door.mutation(logoutDocument, {}).toPromise()
  end('logged_out')
  tabs.tell({ kind: 'ended', why: 'logged_out' })
}

/** Asks the server whether the session still lives, and ends it here when it doesn't. */
export async function lookAgain(): Promise<void> {
  if (session().kind === 'none') await resumeSession()
  else await beacon?.send()
}

/** What the actor may do, in the form that #core/permissions asks for. */
export function grantOf(user: SessionUser) {
  return { id: user.id, role: Role[user.role], scopes: null }
}

/** The session was renewed, here or in another tab, or there is another one now. */
function goOn(renewal: Renewal): void {
  access = { token: renewal.accessToken, expiresAt: renewal.expiresAt }
  setEndsAt(Date.parse(renewal.endsAt))
  setCopied((before) => (before?.id === renewal.copiedSession?.id ? before : renewal.copiedSession))
  if (renewal.serverTime !== undefined) setServerTime(renewal.serverTime)
  if (session().kind === 'active') beacon?.heard()
  become(renewal.user)
}

/** The pages stay as they are while it is the same person with the same role. */
function become(user: SessionUser): void {
  const before = session()
  if (before.kind === 'active' && before.user.id === user.id && before.user.role === user.role) return
  if (before.kind !== 'active') {
    beacon?.stop()
    beacon = startBeacon({
      send: renew,
      onEnd: (hasSlept) => {
        const why = lastEnd === 'silent' && hasSlept ? 'slept' : lastEnd
        end(why)
        tabs.tell({ kind: 'ended', why })
      },
      onSilence: setSilentSince,
    })
    rememberSession(true)
  }
  setSession({ kind: 'active', user })
}

function end(why: EndReason): void {
  beacon?.stop()
  access = undefined
  setSilentSince(null)
  setEndsAt(undefined)
  rememberSession(false)
  setSession({ kind: 'none', why })
}

/** Why the last beacon was refused. */
let lastEnd: EndReason = 'over'

async function renew(isUrgent: boolean): Promise<Heard> {
  return (await (isUrgent ? askToRenew() : inOneTab(askToRenew))) ?? 'busy'
}

async function askToRenew(): Promise<Heard> {
  const { data, error } = await door.mutation(beaconDocument, {}).toPromise()
  if (!data) {
    if (codeOf(error) !== 'UNAUTHENTICATED') return 'unreachable'
    lastEnd = reasonOf(error)
    return 'over'
  }
  goOn(data.beacon)
  tabs.tell({ kind: 'renewed', renewal: data.beacon })
  return 'alive'
}

const reasons = ['logged_out', 'ended', 'silent', 'expired', 'copied'] as const

function reasonOf(error: CombinedError | undefined): EndReason {
  const code = problemsOf(error)[0]?.code
  return reasons.find((reason) => code === `SESSION_${reason.toUpperCase()}`) ?? 'over'
}

const storageKey = 'apm.hasSession'

function rememberSession(isThere: boolean): void {
  try {
    if (isThere) localStorage.setItem(storageKey, 'yes')
    else localStorage.removeItem(storageKey)
  } catch {
    // Storage may be forbidden; the server is then asked each time.
  }
}

function mayHaveSession(): boolean {
  try {
    return localStorage.getItem(storageKey) !== null
  } catch {
    return true
  }
}

// Timers of a hidden or suspended page may have slept longer than a session lives.
for (const event of ['visibilitychange', 'resume']) {
  document.addEventListener(event, () => {
    if (document.visibilityState === 'visible' && session().kind === 'active') void lookAgain()
  })
}
