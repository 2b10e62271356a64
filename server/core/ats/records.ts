/** The ATS records that routing depends on: computed from a document, kept in one marked block of the host's file. */
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml'
import { type ConfigDocument, enabledParents, routesOf } from '../config-document.ts'
import type { AtsGeneration } from '../vocabulary.ts'

export interface AtsRecord {
  /** In full: `proxy.config.…`. */
  readonly name: string
  readonly type: 'INT' | 'FLOAT' | 'STRING'
  readonly value: string
}

const beginMark = '# begin ATS Proxy Manager: replaced at every change of its config'
const endMark = '# end ATS Proxy Manager'

/** The records that a document needs, sorted by name. */
export function renderRecords(document: ConfigDocument, generation: AtsGeneration): AtsRecord[] {
  const { failover } = document
  const connectTimeout =
    generation === '9.2' ? 'http.parent_proxy.connect_attempts_timeout' : 'http.connect_attempts_timeout'
  const values: Record<string, number> = {
    // 1 would look up the reverse name of a literal address and match name rules with it: its owner picks the route.
    'cache.hostdb.disable_reverse_lookup': 1,
    [connectTimeout]: failover.connectTimeoutSeconds,
    'http.no_dns_just_forward_to_parent': forwardsNamesUnresolved(document) ? 1 : 0,
    'http.parent_proxy.fail_threshold': failover.failThreshold,
    'http.parent_proxy.per_parent_connect_attempts': 1,
    'http.parent_proxy.retry_time': failover.retrySeconds,
    'http.parent_proxy.total_connect_attempts': connectAttempts(document, generation),
    // 1, the default, sends CONNECT and everything uncacheable direct.
    'http.uncacheable_requests_bypass_parent': 0,
  }
  return Object.entries(values)
    .map(([name, value]): AtsRecord => ({ name: `proxy.config.${name}`, type: 'INT', value: String(value) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * As many as try each parent once.
 *
 * 9.2.9 makes one attempt more than the record says. With every parent tried, that one goes to the first again, or
 * direct where that is allowed; with one less such a request fails instead of going direct
 * (tests/failover-selections.test.ts). Later releases may take the record at its word: there a spare attempt is the
 * smaller harm.
 */
function connectAttempts(document: ConfigDocument, generation: AtsGeneration): number {
  const parents = enabledParents(document).length
  if (generation === '9.2' && !document.failover.directWhenAllDown) return Math.max(0, parents - 1)
  return Math.max(1, parents)
}

/**
 * Whether ATS may hand every name to the parents without looking it up, so that names which only they can resolve
 * work, HTTPS included. Not when any request could go direct: with this record every direct route fails.
 */
export function forwardsNamesUnresolved(document: ConfigDocument): boolean {
  return !routesOf(document).has('direct') && !document.failover.directWhenAllDown
}

/** A host's file that can't take our block; the message says why, for the person who edits that file. */
export class RecordsFileError extends Error {
  override readonly name = 'RecordsFileError'
}

/**
 * The host's records.config (9.2) with our block holding exactly `records`.
 *
 * Every byte outside the block stays (a missing final line break is added). The block goes last, because the last
 * setting of a record wins (9.2.9). Without records there is no block. Idempotent.
 *
 * @throws RecordsFileError for a block that does not end.
 */
export function renderRecordsConfig(existing: string, records: readonly AtsRecord[]): string {
  const lines = records.map(({ name, type, value }) => `CONFIG ${name} ${type} ${value}`)
  if (lines.length === 0) return withoutBlock(existing)
  return `${ended(withoutBlock(existing))}${block(lines)}`
}

/**
 * The same for the host's records.yaml (10.x): the block ends the tree below `records`, or brings that key along in a
 * file without. Dotted keys load as nested ones do (10.2), so the host's own tree is left alone.
 *
 * @throws RecordsFileError for a block that does not end, and for YAML whose `records` is not a block mapping.
 */
export function renderRecordsYaml(existing: string, records: readonly AtsRecord[]): string {
  const own = withoutBlock(existing)
  if (records.length === 0) return own
  const lines = records.map(({ name, type, value }) => {
    const text = type === 'STRING' ? JSON.stringify(value) : value
    return `${name.replace(/^proxy\.config\./, '')}: ${text}  # ${type}`
  })
  const document = parseDocument(own, { uniqueKeys: false })
  const fault = document.errors[0]
  if (fault !== undefined) throw new RecordsFileError(`records.yaml is not valid YAML: ${fault.message}`)
  const { contents } = document
  if (isEmpty(contents)) return ended(own) + block(['records:', ...lines.map((line) => `  ${line}`)])

  const place = isMap(contents) ? placeBelowRecords(own, contents) : null
  if (place === null) {
    throw new RecordsFileError('records.yaml needs a top-level key “records” with indented lines below it.')
  }
  const { at, indent } = place
  return `${ended(own.slice(0, at))}${block(lines.map((line) => indent + line))}${own.slice(at)}`
}

/** The end of the tree below `records`, and its indentation; null where there is no such tree in block style. */
function placeBelowRecords(text: string, top: YAMLMap): { at: number; indent: string } | null {
  const pair = top.items.find(({ key }) => isScalar(key) && key.value === 'records')
  const key = isScalar(pair?.key) ? pair.key.range : null
  if (!key || pair === undefined) return null
  if (isEmpty(pair.value)) return { at: nextLine(text, key[1]), indent: '  ' }
  const tree = pair.value
  const first = isMap(tree) ? tree.items[0]?.key : undefined
  if (!isMap(tree) || tree.flow || !tree.range || !isScalar(first) || !first.range) return null
  const end = tree.range[1]
  return {
    at: text[end - 1] === '\n' ? end : nextLine(text, end),
    indent: ' '.repeat(first.range[0] - 1 - text.lastIndexOf('\n', first.range[0] - 1)),
  }
}

function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null)
}

/**
 * Our block's records, in either dialect; none for a file without a block.
 *
 * @throws RecordsFileError for a block that does not end.
 */
export function readRecords(existing: string): AtsRecord[] {
  const found = findBlock(existing)
  if (found === null) return []
  return existing.slice(found.start, found.end).split('\n').flatMap(readLine)
}

function readLine(line: string): AtsRecord[] {
  const config = /^CONFIG (\S+) (INT|FLOAT|STRING) (.*)$/.exec(line)
  if (config) return [toRecord(config[1], config[2], config[3])]
  const yaml = /^\s*([a-z0-9_.]+): (.*) {2}# (INT|FLOAT|STRING)$/.exec(line)
  if (!yaml) return []
  const value = yaml[3] === 'STRING' ? String(JSON.parse(yaml[2] ?? '')) : yaml[2]
  return [toRecord(`proxy.config.${yaml[1]}`, yaml[3], value)]
}

function block(lines: readonly string[]): string {
  return `${[beginMark, ...lines, endMark].join('\n')}\n`
}

function withoutBlock(text: string): string {
  const found = findBlock(text)
  return found === null ? text : withoutBlock(text.slice(0, found.start) + text.slice(found.end))
}

function findBlock(text: string): { start: number; end: number } | null {
  const start = findLine(text, beginMark, 0)
  if (start < 0) return null
  const end = findLine(text, endMark, start)
  if (end < 0)
    throw new RecordsFileError(`The line “${endMark}” is missing: restore it, or remove the block.`)
  return { start, end: nextLine(text, end) }
}

function findLine(text: string, line: string, from: number): number {
  for (let at = text.indexOf(line, from); at >= 0; at = text.indexOf(line, at + 1)) {
    const after = text[at + line.length]
    if ((at === 0 || text[at - 1] === '\n') && (after === undefined || after === '\n')) return at
  }
  return -1
}

function nextLine(text: string, at: number): number {
  const found = text.indexOf('\n', at)
  return found < 0 ? text.length : found + 1
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

function toRecord(name = '', type = '', value = ''): AtsRecord {
  return { name, type: type === 'FLOAT' || type === 'STRING' ? type : 'INT', value }
}
