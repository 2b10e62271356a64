/** Whether an error means that the database could not be reached, and not that it said no. */

/** Of postgres.js, and of a connection that broke in mid-statement. */
const brokenCodes: ReadonlySet<unknown> = new Set([
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
])
/** SQLSTATE: the connection's own errors; it shuts down, has crashed, is starting; it has no connection left. */
const unavailableStates = /^(08...|57P0[123]|53300)$/

/** The server speaks to nobody but its database: whatever it can't connect to is that. */
export function isDatabaseUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown }
  if (syscall === 'connect' || syscall === 'getaddrinfo' || brokenCodes.has(code)) return true
  if (typeof code === 'string' && unavailableStates.test(code)) return true
  // Drizzle names the statement and keeps the reason; several addresses that all refuse come together.
  if (error instanceof AggregateError && error.errors.some(isDatabaseUnreachable)) return true
  return isDatabaseUnreachable(error.cause)
}
