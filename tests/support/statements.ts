/** Which of the statements that a server sends belong to no request. */

/** What no request sends: a batch of heartbeats or of samples with its transaction, a roll-up, a look for sessions that are over, whenever their timers say. */
export function isBackground(statement: string): boolean {
  const own = /^(begin|commit|set local|update proxy_reports r set last_seen_at)/i
  const ofStats =
    /^(create temp table|copy stats_|insert into "?(proxy|fleet)_stats|update "?stats_totals|with (over|made) as|select (apm_\w+|pg_\w*advisory\w*|rolled_up_to))/i
  const ofUpkeep = /^select "sessions"\."id", "users"\."email" from "sessions"/
  const text = statement.trim()
  return own.test(text) || ofStats.test(text) || ofUpkeep.test(text)
}
