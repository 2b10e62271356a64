/** What an import has to say about a line: what was lost, what changed, what is only worth knowing. */

/**
 * LOST: the line, or what it says, is not in the document. CHANGED: it is, with another meaning.
 * NOTED: nothing that decides is missing.
 */
export const FindingKind = { LOST: 'lost', CHANGED: 'changed', NOTED: 'noted' } as const
export type FindingKind = (typeof FindingKind)[keyof typeof FindingKind]

/** Every code with its kind; the kinds of a code never vary. */
export const findingKinds = {
  // Files
  FILE_UNKNOWN: 'lost',
  FILE_REPEATED: 'lost',
  FILE_TOO_LARGE: 'lost',
  YAML_MALFORMED: 'lost',
  REST_NOT_READ: 'lost',
  BYTE_ORDER_MARK: 'noted',
  MORE_FINDINGS: 'lost',
  // Lines of parent.config
  ATS_DROPS_LINE: 'lost',
  LINE_TOO_LONG: 'lost',
  CONDITION_NOT_POSSIBLE: 'lost',
  PATTERN_NOT_POSSIBLE: 'lost',
  NAME_NOT_POSSIBLE: 'lost',
  RANGE_NOT_POSSIBLE: 'lost',
  NEVER_MATCHES: 'lost',
  TOO_MANY_RULES: 'lost',
  TOO_MANY_PARENTS: 'lost',
  PATTERN_AS_NAME: 'changed',
  ADDRESS_AS_RANGE: 'changed',
  MASK_BECOMES_RANGE: 'changed',
  OTHER_PARENTS: 'changed',
  PARENTS_NOT_POSSIBLE: 'changed',
  PARENT_REPEATED: 'changed',
  SECONDARY_PARENTS: 'changed',
  WEIGHT_NOT_POSSIBLE: 'changed',
  OTHER_SELECTION: 'changed',
  OTHER_WHEN_DOWN: 'changed',
  OPTION_NOT_POSSIBLE: 'changed',
  OPTION_WITHOUT_PARENTS: 'noted',
  DIRECT_WHEN_DOWN: 'noted',
  NO_ROUTE: 'noted',
  NO_DEFAULT: 'noted',
  NEVER_DECIDES: 'noted',
  RANGE_MOVED: 'noted',
  RANGE_SPLIT: 'noted',
  COMMENT: 'noted',
  COMMENTED_OUT: 'noted',
  NOTE_CUT: 'noted',
  // Entries of ip_allow.yaml and sni.yaml
  ENTRY_NOT_POSSIBLE: 'lost',
  OUTBOUND_IN_SETTINGS: 'lost',
  TOO_MANY_CLIENT_RULES: 'lost',
  TLS_NOT_POSSIBLE: 'lost',
  CACHE_METHODS_DENIED: 'changed',
  METHODS_NOT_POSSIBLE: 'changed',
  METHODS_DENIED: 'changed',
  NO_CLIENT_ALLOWED: 'changed',
} as const satisfies Record<string, FindingKind>
export type FindingCode = keyof typeof findingKinds

/** One thing that whoever imports should know. */
export interface ImportFinding {
  /** As it was named. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** The line, shortened, without control characters. */
  readonly text: string
  readonly code: FindingCode
  /** A full English sentence. */
  readonly message: string
  readonly kind: FindingKind
}

/** A finding before it knows its file and text. */
export interface LineFinding {
  readonly line: number
  readonly code: FindingCode
  readonly message: string
}

export function lineFinding(line: number, code: FindingCode, message: string): LineFinding {
  return { line, code, message }
}

/** The findings of one file in the order of its lines, each with its line's text. */
export function findingsOf(
  file: string,
  lines: readonly string[],
  found: readonly LineFinding[],
): ImportFinding[] {
  return found
    .map(({ line, code, message }) => ({
      file,
      line,
      text: shown(lines[line - 1] ?? ''),
      code,
      message,
      kind: findingKinds[code],
    }))
    .sort((a, b) => a.line - b.line)
}

const longestText = 300

/** A piece of a file for people to read: on one line, and not too long. */
export function shown(text: string): string {
  const start = text
    .slice(0, longestText + 1)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
  return start.length > longestText ? `${start.slice(0, longestText)}…` : start
}
