/** What diags.log says at every healthy start or load of ATS 9.2; anything else is worth a look. */

export interface NormalLine {
  /** Matches the text behind time, thread and level. */
  readonly pattern: RegExp
  readonly level: 'STATUS' | 'NOTE' | 'WARNING'
  readonly why: string
}

export const normalLines: readonly NormalLine[] = [
  { level: 'STATUS', pattern: /^opened \S+\/diags\.log$/, why: 'the log names itself at every start' },
  { level: 'NOTE', pattern: /^updated diags config$/, why: 'the debug settings were read' },
  {
    level: 'WARNING',
    pattern:
      /^connection throttle too high, \d+ \(throttle\) \+ \d+ \(internal use\) > \d+ \(file descriptor limit\), using throttle of \d+$/,
    why: 'ATS asks for more connections than the limit of open files allows, and takes fewer',
  },
  {
    level: 'NOTE',
    pattern: /^\S+\.(config|yaml) (finished )?loading( \.\.\.)?$/,
    why: 'each file is named before and after it is read',
  },
  { level: 'NOTE', pattern: /^logging initialized\[\d\], logging_mode = \d$/, why: 'part of the start' },
  { level: 'NOTE', pattern: /^Initialized plugin_dynamic_reload_mode: \d$/, why: 'part of the start' },
  {
    level: 'WARNING',
    pattern: /^disk header different for disk \S+: clearing the disk$/,
    why: 'the first start in a directory finds no cache yet; also after a kill',
  },
  { level: 'NOTE', pattern: /^Clearing Disk: \S+$/, why: 'the new cache is made' },
  { level: 'NOTE', pattern: /^clearing cache directory '[^']+'$/, why: 'the new cache is made' },
  { level: 'NOTE', pattern: /^No NextHop strategy configs were loaded\.$/, why: 'strategies.yaml is empty' },
  { level: 'NOTE', pattern: /^traffic server running$/, why: 'part of the start' },
  { level: 'NOTE', pattern: /^cache enabled$/, why: 'part of the start' },
  {
    level: 'WARNING',
    pattern: /^client '[0-9a-f.:]+' prohibited by ip-allow policy$/,
    why: 'a client that may not use the proxy was sent away: what its rule wants',
  },
  {
    level: 'WARNING',
    pattern:
      /^no available parents and the config proxy\.config\.http\.no_dns_just_forward_to_parent, prevents origin lookups\.$/,
    why: 'somebody asked for 127.0.0.1 where everything goes to the parents: ATS would go direct, and may not',
  },
  {
    level: 'WARNING',
    pattern: /^error matching regex at line \d+$/,
    why: 'a host in an odd spelling did not match the line for plain ones: ATS calls that an error',
  },
  { level: 'NOTE', pattern: /^Traffic Server is fully initialized\.$/, why: 'the end of the start' },
]

/** The lines of a log that are not in the list; a continued line counts as one of its own. */
export function unusualLines(log: string): string[] {
  return log.split('\n').filter((line) => line.trim() !== '' && !isNormal(line))
}

function isNormal(line: string): boolean {
  const parts = /^\[[^\]]+\] (?:\[[^\]]+\]|\S+) (STATUS|NOTE|WARNING): (.*)$/.exec(line)
  return normalLines.some(({ level, pattern }) => level === parts?.[1] && pattern.test(parts[2] ?? ''))
}
