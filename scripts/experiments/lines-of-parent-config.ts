/**
 * How the installed ATS reads lines of parent.config that its manual says nothing about.
 *
 *   node --import tsx scripts/experiments/lines-of-parent-config.ts
 *
 * One private ATS on loopback. Every construct is loaded alone above a line for everything else: the table says which
 * parent answered a request that the construct is about (p1: the construct's, p2: the other's), and what diags.log
 * says of it. A construct takes about five seconds.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { request, startAts, type TestAts } from '../../tests/support/ats.ts'

const ats = await startAts({
  extraRecords: [
    'CONFIG proxy.config.cache.hostdb.disable_reverse_lookup INT 1',
    'CONFIG proxy.config.http.uncacheable_requests_bypass_parent INT 0',
  ],
})
try {
  const [p1, p2] = ats.parents.map(({ port }) => `127.0.0.1:${port}`)
  const to1 = `parent="${p1}" go_direct=false`
  const name = 'dest_domain=corp.example'
  const constructs: readonly (readonly [lines: string, host?: string])[] = [
    [`${name} ${to1}`],
    [`${name} ${to1} # why`],
    [`${name} \\\n${to1}`],
    [`dest_domain = corp.example ${to1}`],
    [`${name} parent='${p1}' go_direct=false`],
    [`${name} go_direct=false parent="${p1}`],
    [`dest_domain="corp.example"parent="${p1}" go_direct=false`],
    [`${name} ${to1} parent="${p2}"`],
    [`${name} ${to1} colour=red`],
    [`dest_domain=*.corp.example ${to1}`],
    [`dest_domain=.. ${to1}`],
    [`dest_domain="" ${to1}`],
    [`dest_domain=Corp.example ${to1}`],
    [`\ufeff${name} ${to1}`],
    [`dest_domain=other.exa\0mple ${to1}\n${name} ${to1}`],
    [`dest_ip=127.0.3/24 ${to1}`, '127.0.0.40'],
    [`dest_ip=127.0.0.050 ${to1}`, '127.0.0.40'],
    [`dest_ip="127.0.0.30 - 127.0.0.50" ${to1}`, '127.0.0.40'],
    [`dest_ip=127.0.0.0/24 ${to1}\ndest_ip=127.0.0.32/27 port=81 ${to1}`, '127.0.0.40'],
    [`dest_ip=2001:db8::/32 ${to1}`],
  ]
  for (const [lines, host = 'corp.example'] of constructs) {
    const said = await load(ats, `${lines}\ndest_domain=. parent="${p2}" go_direct=false\n`)
    const { status, via } = await request(ats.port, { host: `${host}:${ats.origin.port}` })
    console.log(
      `${String(via ?? status).padEnd(7)} ${JSON.stringify(lines)}\n${said.map((text) => `        ${text}\n`).join('')}`,
    )
  }
} finally {
  await ats.close()
}

/** Waits until ATS says that it has read the file; its errors meanwhile. */
async function load({ logDir, configDir, runroot }: TestAts, content: string): Promise<string[]> {
  const log = join(logDir, 'diags.log')
  const before = readFileSync(log, 'utf8').length
  writeFileSync(join(configDir, 'parent.config'), content)
  const env = { ...process.env, TS_RUNROOT: runroot }
  execFileSync('/usr/bin/traffic_ctl', ['config', 'reload'], { env, stdio: 'ignore' })
  for (let waited = 0; waited < 200; waited += 1) {
    const said = readFileSync(log, 'utf8').slice(before)
    if (said.includes('parent.config finished loading')) {
      return said.split('\n').flatMap((line) => /ERROR: .*/.exec(line)?.[0] ?? [])
    }
    await sleep(100)
  }
  throw new Error('ATS did not read parent.config')
}
