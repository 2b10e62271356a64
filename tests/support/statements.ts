/** Which of the statements that a server sends belong to no request. */

/** What no request sends: a batch of heartbeats with its transaction, whenever its timer says. */
export function isBackground(statement: string): boolean {
  const own = /^(begin|commit|set local synchronous_commit = off|update proxy_reports r set last_seen_at)/i
  return own.test(statement)
}
