/** Lines of ATS's files with random damage, the same for the same seed. */

const seeds: Readonly<Record<string, readonly string[]>> = {
  'parent.config': [
    'dest_domain=corp.example go_direct=true',
    'dest_host=www.ext.example parent="p1.example:3128;p2.example:3128" round_robin=strict go_direct=false',
    'dest_ip=10.0.0.0/8 go_direct=true',
    'dest_ip=10.0.0.1-10.0.0.9 parent="10.1.1.1:3128|0.5&a" round_robin=consistent_hash',
    'dest_ip=fd00::1-fd00::ff parent="p1.example:3128" go_direct=false method=CONNECT port=443',
    'url_regex=(?i)^([a-z]+://)?([^/@]*@)?([^/:@]+\\.)?corp\\.example\\.?(:|/|$) go_direct=true',
    'dest_domain=. parent="p1.example:3128" parent_retry=both qstring=ignore secondary_parent="p3.example:1"',
    '# a comment above the next line',
    'dest_domain="quoted.example" go_direct="true" \\',
  ],
  'ip_allow.yaml': [
    'ip_allow:',
    '  - apply: in',
    '    ip_addrs: [10.0.0.0/8, "fd00::1-fd00::9"]',
    '    action: allow',
    '    methods: [GET, CONNECT]',
    '  - &a {apply: in, ip_addrs: 0/0, action: set_deny, methods: ALL}',
    '  - *a',
    '  - {apply: out, ip_addrs: [0.0.0.0/0], action: deny, methods: ALL} # all',
  ],
  'sni.yaml': [
    'sni:',
    '  - fqdn: a.example',
    '    tunnel_route: b.example:443',
    '  - fqdn: "*.c.example"',
    'sni: []',
  ],
}
const pieces = [
  ...[
    '=',
    '"',
    '\\',
    '#',
    ' ',
    '\t',
    '\r',
    '\ufeff',
    '\u2028',
    'ü',
    '😀',
    '\ud83d',
    '.',
    '..',
    '*',
    '-',
    '/',
  ],
  ...[
    ':',
    '[',
    ']',
    '{',
    '}',
    '&',
    '|',
    '!',
    '%',
    '? ',
    '- ',
    '&a ',
    '*a',
    '0/0',
    '::',
    '::ffff:10.0.0.1',
    '1e999',
  ],
  ...[
    'dest_ip=',
    'dest_domain=.',
    'parent=',
    'go_direct=',
    'url_regex=',
    '__proto__',
    'constructor=',
    '(((((',
    '\n',
  ],
]

export const mutatedFiles = Object.keys(seeds)

/** A generator of whole numbers from 0 below a limit; the same row for the same seed. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A file of so many lines, most of them damaged in up to four places. */
export function mutatedFile(name: string, lines: number, random: (below: number) => number): string {
  const known = seeds[name] ?? []
  const pick = <Value>(values: readonly Value[], otherwise: Value) =>
    values[random(values.length)] ?? otherwise
  const isInOrder = random(2) === 0
  // A NUL ends the file for ATS: seldom, or nothing below would ever be read.
  const withNul = random(20) === 0 ? random(lines) : -1
  return Array.from({ length: lines }, (_, index) => {
    let line = isInOrder ? (known[index % known.length] ?? '') : pick(known, '')
    // What is for everything ends the list: seldom, for the same reason.
    if (line.startsWith('dest_domain=.') && random(100) > 0) line = known[0] ?? ''
    for (let times = random(5); times > 0; times -= 1) {
      const at = random(line.length + 1)
      const end = at + random(6)
      const piece = random(40) === 0 ? pick(pieces, '').repeat(random(400)) : pick(pieces, '')
      const middle = random(3) === 0 ? '' : random(3) === 0 ? pick(known, '').slice(random(20)) : piece
      line = line.slice(0, at) + middle + line.slice(end)
    }
    return index === withNul ? `${line}\0` : line
  }).join('\n')
}
