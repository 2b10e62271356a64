/** Who is logged in: login, resumption after a reload, the beacon, and the end of a session, in every tab alike. */
import { type CombinedError, createClient, fetchExchange } from '@urql/core'
import { createSignal } from 'solid-js'
import { Role } from '#core/vocabulary'
import { setServerTime } from './clock.ts'
import { graphql, type ResultOf } from './graphql.ts'
import { codeOf } from './messages.ts'
import { type Beacon, type Heard, startBeacon } from './session/beacon.ts'

const userFields = graphql('fragment UserFields on User @_unmask { id email name role }')
const loginDocument = graphql(
  `mutation Login($input: LoginInput!) { login(input: $input) { accessToken expiresAt user { ...UserFields } } }`,
  [userFields],
)
const logoutDocument = graphql('mutation Logout { logout { ended } }')
const beaconDocument = graphql(
  'mutation Beacon { beacon { serverTime accessToken expiresAt user { ...UserFields } } }',
  [userFields],
)

export type SessionUser = ResultOf<typeof userFields>
export type SessionState =
  | { readonly kind: 'starting'; readonly isUnreachable: boolean }
  | { readonly kind: 'none'; readonly why: 'logged_out' | 'over' | 'unreachable' | null }
  | { readonly kind: 'active'; readonly user: SessionUser }

const [session, setSession] = createSignal<SessionState>({ kind: 'starting', isUnreachable: false })

export { session }

/** In memory only: a script that reads storage finds nothing to steal. */
let access: { readonly token: string; readonly expiresAt: string } | undefined
let beacon: Beacon | undefined
const otherTabs = new BroadcastChannel('apm.session')
const requestTimeoutMs = 10_000

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
  if (data) {
    take(data.beacon)
    return begin(data.beacon.user)
  }
  if (codeOf(error) === 'UNAUTHENTICATED') return end(null)
  setSession({ kind: 'starting', isUnreachable: true })
  setTimeout(() => void resumeSession(), 2_000)
}

/** Logs in; the error, if it is refused or fails. */
export async function logIn(email: string, password: string): Promise<CombinedError | undefined> {
  access = undefined
  const { data, error } = await door.mutation(loginDocument, { input: { email, password } }).toPromise()
  if (!data) return error
  access = { token: data.login.accessToken, expiresAt: data.login.expiresAt }
  begin(data.login.user)
  otherTabs.postMessage('look again')
  return undefined
}

export async function logOut(): Promise<void> {
  beacon?.stop()
  await door.mutation(logoutDocument, {}).toPromise()
  end('logged_out')
  otherTabs.postMessage('look again')
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

function begin(user: SessionUser): void {
  beacon?.stop()
  beacon = startBeacon({ send: renew, onEnd: end })
  rememberSession(true)
  setSession({ kind: 'active', user })
}

function end(why: 'logged_out' | 'over' | 'unreachable' | null): void {
  beacon?.stop()
  access = undefined
  // One that ended for lack of a beacon may go on where another tab's got through.
  if (why !== 'unreachable') rememberSession(false)
  setSession({ kind: 'none', why })
}

async function renew(): Promise<Heard> {
  const { data, error } = await door.mutation(beaconDocument, {}).toPromise()
  if (data) {
    take(data.beacon)
    const state = session()
    // Another role opens and closes what is on the page.
    if (state.kind === 'active' && state.user.role !== data.beacon.user.role) {
      setSession({ kind: 'active', user: data.beacon.user })
    }
    return 'alive'
  }
  return codeOf(error) === 'UNAUTHENTICATED' ? 'over' : 'unreachable'
}

function take({ accessToken, expiresAt, serverTime }: ResultOf<typeof beaconDocument>['beacon']): void {
  access = { token: accessToken, expiresAt }
  setServerTime(serverTime)
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

otherTabs.onmessage = () => void lookAgain()
document.addEventListener('visibilitychange', () => {
  // Timers of a hidden tab may have slept longer than a session lives.
  if (document.visibilityState === 'visible' && session().kind === 'active') void lookAgain()
})
