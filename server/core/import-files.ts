/** Reads ATS's own files into a document, and says line by line what the document can't hold. */
import { readIpAllowYaml } from './ats/read-ip-allow-yaml.ts'
import { type ParentConfigReading, readParentConfig } from './ats/read-parent-config.ts'
import { readSniYaml } from './ats/read-sni-yaml.ts'
import { type ConfigDocument, defaultFailover, limits, newRuleId } from './config-document.ts'
import { findingsOf, type ImportFinding, type LineFinding, lineFinding } from './import-finding.ts'

export interface ImportedFile {
  readonly name: string
  readonly content: string
}

export interface Import {
  /** Canonical; without problems, or with those that a draft may have (`incompleteCodes`). */
  readonly document: ConfigDocument
  /** In the order of files and lines; at most `limits.importFindings`, and a last one that counts the rest. */
  readonly findings: readonly ImportFinding[]
  /** Whether the files say anything that a config holds. */
  readonly isEmpty: boolean
}

/** What a document has and these files never say: as it is in a new config. */
export const notInFiles = [
  'owners',
  'expiry',
  'disabledRules',
  'disabledParents',
  'failover',
  'outboundExceptions',
  'proxies',
] as const

export type ImportedKind = 'parent.config' | 'ip_allow.yaml' | 'sni.yaml'

/**
 * Reads up to three files, each kind once, whatever they are called. Never throws. The document has the effect that
 * the files have in ATS 9.2.9 (ats/read-parent-config.ts); where it hasn't, a finding names the line and the reason.
 */
export function importFiles(files: readonly ImportedFile[]): Import {
  const read: OpenFile[] = []
  const findings = new Map<ImportedFile, ImportFinding[]>()
  for (const file of files) {
    const opened = open(file)
    const fault = 'fault' in opened ? opened.fault : repeated(opened.kind, read)
    if (fault !== null) findings.set(file, findingsOf(file.name, [''], [fault]))
    if (!('fault' in opened) && fault === null) read.push(opened)
  }
  const found = (kind: ImportedKind) => read.find((each) => each.kind === kind)
  const take = (opened: OpenFile | undefined, about: readonly LineFinding[]) => {
    if (opened !== undefined)
      findings.set(opened.file, findingsOf(opened.file.name, opened.lines, [...opened.findings, ...about]))
  }
  const parentConfig = found('parent.config')
  const routing = parentConfig ? readParentConfig(parentConfig.lines) : noRouting
  take(parentConfig, routing.findings)

  const ipAllow = found('ip_allow.yaml')
  const hosts = routing.parents.map(({ host }) => host)
  const clients = ipAllow ? readIpAllowYaml(ipAllow.lines.join('\n'), hosts) : noClients
  take(ipAllow, clients.findings)

  const sni = found('sni.yaml')
  take(sni, sni ? readSniYaml(sni.lines.join('\n')) : [])

  const { rules, parents, defaultAction, failover } = routing
  return {
    document: {
      defaultAction,
      rules: rules.map((rule) => ({ id: newRuleId(), ...rule })),
      parentProxies: parents.map(({ host, port }, index) => ({
        host,
        port,
        priority: index + 1,
        enabled: true,
      })),
      clientRules: clients.clientRules,
      failover: { ...defaultFailover, ...failover },
      routeTests: [],
    },
    findings: bounded(files.flatMap((file) => findings.get(file) ?? [])),
    isEmpty: rules.length === 0 && parents.length === 0 && clients.clientRules.length === 0,
  }
}

const noRouting: ParentConfigReading = {
  rules: [],
  defaultAction: 'direct',
  parents: [],
  failover: { selection: defaultFailover.selection, directWhenAllDown: defaultFailover.directWhenAllDown },
  findings: [],
}
const noClients = { clientRules: [], findings: [] }

interface OpenFile {
  readonly file: ImportedFile
  readonly kind: ImportedKind
  /** Up to what ATS reads. */
  readonly lines: readonly string[]
  readonly findings: readonly LineFinding[]
}

/** YAML takes far longer to read than lines, and the longest list of client rules is a fifth of this. */
const longestYaml = 512 * 1024

function open(file: ImportedFile): OpenFile | { readonly fault: LineFinding } {
  const kind = kindOf(file)
  if (kind === null) return { fault: lineFinding(1, 'FILE_UNKNOWN', unknownMessage(file.name)) }
  const longest = kind === 'parent.config' ? limits.bodyBytes : longestYaml
  if (file.content.length > longest) {
    const message = `${kind} has at most ${longest / 1024} KiB here: import it in parts, or leave out what is not needed.`
    return { fault: lineFinding(1, 'FILE_TOO_LARGE', message) }
  }
  const findings: LineFinding[] = []
  const end = file.content.indexOf('\0')
  const readable = end < 0 ? file.content : file.content.slice(0, end)
  const lines = readable.split('\n').map((line) => line.replace(/\r$/, ''))
  if (lines.at(-1) === '' && lines.length > 1) lines.pop()
  if (end >= 0) {
    // Measured on 9.2.9: the file ends there for ATS.
    const message = 'Here stands a NUL character: ATS reads no further, and nothing below it is taken.'
    findings.push(lineFinding(Math.max(1, lines.length), 'REST_NOT_READ', message))
  }
  if (lines[0]?.startsWith('\ufeff')) {
    if (kind !== 'parent.config' || /^\ufeff\s*(#|$)/.test(lines[0])) {
      const message = 'The file begins with an invisible byte order mark, which says nothing.'
      findings.push(lineFinding(1, 'BYTE_ORDER_MARK', message))
      lines[0] = lines[0].slice(1)
    }
  }
  return { file, kind, lines, findings }
}

function repeated(kind: ImportedKind, read: readonly OpenFile[]): LineFinding | null {
  const earlier = read.find((each) => each.kind === kind)
  if (earlier === undefined) return null
  return lineFinding(1, 'FILE_REPEATED', `${earlier.file.name} is a ${kind} already: only the first is read.`)
}

/** By its name, else by what is in it; null for what can't be read. */
export function kindOf({ name, content }: ImportedFile): ImportedKind | null {
  const base = name.replace(/^.*[/\\]/, '').toLowerCase()
  if (/^parent\b.*\.config/.test(base)) return 'parent.config'
  if (/^ip_allow\b.*\.ya?ml/.test(base)) return 'ip_allow.yaml'
  if (/^sni\b.*\.ya?ml/.test(base)) return 'sni.yaml'
  if (/\.(config|ya?ml)$/.test(base)) return null
  const start = content.slice(0, 100_000)
  if (/^ip_allow\s*:/m.test(start)) return 'ip_allow.yaml'
  if (/^sni\s*:/m.test(start)) return 'sni.yaml'
  return /(?:^|\s)(?:dest_domain|dest_host|dest_ip|url_regex)=/im.test(start) ? 'parent.config' : null
}

function unknownMessage(name: string): string {
  if (/ip_allow\.config$/i.test(name)) {
    return 'ip_allow.config is the format of ATS 8 and older, and is not read: write it as ip_allow.yaml first.'
  }
  return 'Only parent.config, ip_allow.yaml and sni.yaml are read.'
}

function bounded(findings: readonly ImportFinding[]): readonly ImportFinding[] {
  const last = findings[limits.importFindings]
  if (last === undefined) return findings
  const more = findings.length - limits.importFindings
  const counted: ImportFinding = {
    ...last,
    code: 'MORE_FINDINGS',
    kind: 'lost',
    message: `${more} more findings are not listed, this line’s among them.`,
  }
  return [...findings.slice(0, limits.importFindings), counted]
}
