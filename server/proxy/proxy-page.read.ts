/** The orders in which a list of proxies can be read, and their cursors. */
import { type AnyColumn, and, asc, desc, isNull, or, type SQL, sql } from 'drizzle-orm'
import { type Problem, refuseInput } from '../core/refusal.ts'
import { type ProxySort, type ProxyStatus, proxyStatusesByUrgency } from '../core/vocabulary.ts'
import { configs, proxies, proxyReports } from '../database/tables.ts'
import { malformedCursor, type PageRequest, pageRequest } from '../paging.ts'
import { type LiveNumber, liveValue } from './live-numbers.read.ts'

/** Rows that can be skipped at the most. */
const deepestOffset = 100_000

export interface ProxyOrder {
  readonly sort: ProxySort
  readonly isDescending: boolean
}

export interface ProxyPageRequest extends PageRequest, ProxyOrder {
  /** Rows skipped; 0 with a cursor. */
  readonly offset: number
}

export interface ProxyPageArgs {
  readonly first: number
  readonly after?: string | null | undefined
  readonly offset?: number | null | undefined
  readonly sort?: ProxySort | undefined
  readonly descending?: boolean | undefined
}

/** @throws Refusal BAD_USER_INPUT for a cursor of another order, and for an offset beside a cursor or out of range */
export function proxyPageRequest(args: ProxyPageArgs): ProxyPageRequest {
  const order = { sort: args.sort ?? 'hostname', isDescending: args.descending ?? false }
  const request = pageRequest(args.first, args.after, 4)
  if (request.after && !isCursorOf(order, request.after)) throw malformedCursor()
  return { ...request, ...order, offset: offsetFrom(args) }
}

function offsetFrom({ offset, after }: ProxyPageArgs): number {
  if (offset === null || offset === undefined) return 0
  const problem = (code: string, message: string): Problem => ({ path: 'offset', code, message })
  if (after) throw refuseInput([problem('OFFSET_AND_AFTER', 'Give an offset or a cursor, not both.')])
  if (offset >= 0 && offset <= deepestOffset) return offset
  throw refuseInput([
    problem('OUT_OF_RANGE', `must be from 0 to ${deepestOffset}; narrow the list to reach rows beyond.`),
  ])
}

interface Key {
  readonly value: SQL
  /** Whether a proxy may be without a value; it comes last. */
  readonly isNullable: boolean
  readonly type: SQL
  /** What a cursor of ours holds; anything else would be an error of the database. */
  readonly pattern: RegExp
}

const count = /^\d{1,15}$/
const anyText = /^[^\0]*$/
/** As PostgreSQL writes what is not negative. */
const decimal = /^\d{1,309}(\.\d{1,330})?(e[+-]\d{1,3})?$/

/** Keys as texts, numbers or arrays of them, so that a cursor holds them exactly. */
function keyOf(sort: ProxySort, status: SQL<ProxyStatus>, now: Date): Key {
  switch (sort) {
    case 'hostname':
      return { value: sql`${proxies.hostname}`, isNullable: false, type: sql`text`, pattern: anyText }
    case 'status':
      return { value: urgencyOf(status), isNullable: false, type: sql`int`, pattern: count }
    case 'config':
      return { value: sql`lower(${configs.name})`, isNullable: true, type: sql`text`, pattern: anyText }
    case 'ats_version':
      return {
        value: versionNumbers,
        isNullable: true,
        type: sql`int[]`,
        pattern: /^\{\d{1,9}(,\d{1,9}){0,3}\}$/,
      }
    case 'last_seen':
      return {
        value: milliseconds(proxyReports.lastSeenAt),
        isNullable: true,
        type: sql`bigint`,
        pattern: count,
      }
    case 'enrolled_at':
      return { value: milliseconds(proxies.enrolledAt), isNullable: false, type: sql`bigint`, pattern: count }
    case 'requests':
      return liveKey('requestsPerSecond', now)
    case 'connections':
      return liveKey('connections', now)
    case 'error_rate':
      return liveKey('errorRate', now)
    case 'ram_cache_hit_ratio':
      return liveKey('ramCacheHitRatio', now)
  }
}

function liveKey(number: LiveNumber, now: Date): Key {
  const isWhole = number === 'connections'
  return {
    value: liveValue(number, now),
    isNullable: true,
    type: isWhole ? sql`bigint` : sql`float8`,
    pattern: isWhole ? count : decimal,
  }
}

function urgencyOf(status: SQL<ProxyStatus>): SQL {
  const order = `{${proxyStatusesByUrgency.join(',')}}`
  return sql`array_position(${order}::text[], ${status})`
}

/** `10.1.0` after `9.2.9`; what doesn't begin with a number has no version. */
const versionNumbers = sql`string_to_array(substring(${proxies.atsVersion} from '^\\d{1,9}(?:\\.\\d{1,9}){0,3}'), '.')::int[]`

const milliseconds = (instant: AnyColumn) => sql`(extract(epoch from ${instant}) * 1000)::bigint`

/** What a page in this order asks of the statement, which joins `configs` and the newest statistics; `key` stands in each row for its cursor. */
export function orderedBy(page: ProxyPageRequest, status: SQL<ProxyStatus>, now: Date) {
  const key = keyOf(page.sort, status, now)
  const direction = page.isDescending ? desc(key.value) : asc(key.value)
  return {
    key: sql<string | null>`(${key.value})::text`,
    // Said only where it counts: an index is not read backwards for `desc nulls last`.
    orderBy: [
      key.isNullable ? sql`${direction} nulls last` : direction,
      asc(proxies.hostname),
      asc(proxies.id),
    ],
    isAfter: page.after ? isAfter(page, page.after, key) : undefined,
  }
}

function isAfter(
  page: ProxyPageRequest,
  cursor: readonly string[],
  { value, type, isNullable }: Key,
): SQL | undefined {
  const [, keyText, hostname, id] = cursor
  const isLaterTie = sql`(${proxies.hostname}, ${proxies.id}) > (${hostname}, ${id}::uuid)`
  const known = valueIn(keyText)
  if (known === null) return and(isNull(value), isLaterTie)
  const last = sql`${known}::${type}`
  const isBeyond = page.isDescending ? sql`${value} < ${last}` : sql`${value} > ${last}`
  const isTie = and(sql`${value} = ${last}`, isLaterTie)
  if (isNullable) return or(isBeyond, isNull(value), isTie)
  // The bound says nothing new, but an index can begin there.
  const bound = page.isDescending ? sql`${value} <= ${last}` : sql`${value} >= ${last}`
  return and(bound, or(isBeyond, isTie))
}

/** A cursor's parts: the order that it belongs to, the key, and what breaks ties. */
export function cursorOf(
  order: ProxyOrder,
  row: { readonly key: string | null; readonly hostname: string; readonly id: string },
): readonly string[] {
  return [nameOf(order), row.key === null ? '' : `=${row.key}`, row.hostname, row.id]
}

function isCursorOf(order: ProxyOrder, cursor: readonly string[]): boolean {
  const [name, keyText = '', hostname = ''] = cursor
  const value = valueIn(keyText)
  const { pattern } = keyOf(order.sort, sql`''`, new Date(0))
  return name === nameOf(order) && anyText.test(hostname) && (value === null || pattern.test(value))
}

function valueIn(keyText = ''): string | null {
  return keyText === '' ? null : keyText.slice(1)
}

function nameOf({ sort, isDescending }: ProxyOrder): string {
  return isDescending ? `${sort} descending` : sort
}
