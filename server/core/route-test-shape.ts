/** A route test as kept with a config: what somebody expects of a request, whatever the rules become. */
import type { RouteExpectation } from './vocabulary.ts'

export interface RouteTest {
  /**
   * A URL, `host:port`, a bare host, or `*.corp.example`: the domain and all that lies below. A bare host is asked for
   * at port 80, in a tunnel (method CONNECT) at port 443.
   */
  readonly target: string
  readonly method: string
  /** null: some client that may use the proxy. */
  readonly clientAddress: string | null
  /** What the proxy's resolver answers; null: not known. */
  readonly resolvedAddress: string | null
  readonly expect: RouteExpectation
  readonly note: string
}
