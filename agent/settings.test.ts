import { expect, test } from 'vitest'
import { readCommand, SettingsError } from './settings.ts'

const enrol = ['enrol', '--server', 'https://m.example/', '--home', '/h', '--ats-root', '/a']
const env = { APM_ENROLMENT_TOKEN: 'secret' }

test('enrol takes its token from the environment and its other settings from the command line', () => {
  expect(readCommand([...enrol, '--hostname', 'Proxy-1'], env)).toEqual({
    kind: 'enrol',
    home: '/h',
    servers: ['https://m.example'],
    token: 'secret',
    hostname: 'proxy-1',
    ats: { root: '/a', binDir: '/usr/bin' },
    again: false,
  })
})

test('run and status need only a home', () => {
  expect(readCommand(['run'], { APM_AGENT_HOME: '/h' })).toEqual({
    kind: 'run',
    home: '/h',
    servers: null,
    isPollOnly: false,
    probeUrls: [],
    metrics: null,
  })
  expect(readCommand(['status', '--home', '/h'], {})).toEqual({ kind: 'status', home: '/h' })
})

test('run may be told that the server has moved, and to do without a socket', () => {
  const env = { APM_AGENT_HOME: '/h', APM_SERVER: 'https://new.example', APM_AGENT_POLL_ONLY: '1' }
  expect(readCommand(['run'], env)).toMatchObject({ servers: ['https://new.example'], isPollOnly: true })
  expect(readCommand(['run', '--poll-only'], { APM_AGENT_HOME: '/h' })).toMatchObject({ isPollOnly: true })
})

test('a server may have several addresses, each checked', () => {
  const servers = ['https://a.example', 'https://b.example:8443']
  expect(readCommand([...enrol, '--server', servers.join(', ')], env)).toMatchObject({ servers })
  expect(() => readCommand([...enrol, '--server', 'https://a.example,http://b.example'], env)).toThrow(
    /http:\/\/b.example is plain http/,
  )
})

test('run may be told what has to stay reachable through ATS', () => {
  const probeUrls = ['http://intranet.example/', 'https://www.example/']
  const args = probeUrls.flatMap((url) => ['--probe', url])
  expect(readCommand(['run', '--home', '/h', ...args], {})).toMatchObject({ probeUrls })
  const env = { APM_AGENT_HOME: '/h', APM_AGENT_PROBE: probeUrls.join(' ') }
  expect(readCommand(['run'], env)).toMatchObject({ probeUrls })
})

test.each([['enrol'], ['run'], ['sync'], ['doctor'], ['status'], ['release']])(
  '%s explains itself',
  (name) => {
    expect(readCommand([name, '--help'], {})).toMatchObject({
      kind: 'help',
      text: expect.stringContaining('--home'),
    })
  },
)

test.each([
  [[], ['start'], /no command “start”/],
  [[], ['run'], /--home \(or APM_AGENT_HOME\) is missing/],
  [[], ['run', '--home', '/h', '--server', 'x'], /--server/],
  [['sync', '--home', '/h'], [], /--once or --dry-run/],
  [['sync', '--home', '/h'], ['--once', '--dry-run'], /--once or --dry-run/],
  [['run', '--home', '/h'], ['--probe', 'intranet.example'], /--probe: “intranet.example”/],
  [['run', '--home', '/h'], Array(6).fill('--probe=http://a.example/'), /--probe: at most 5/],
  [enrol, ['--server', 'manager'], /--server: “manager”/],
  [enrol, ['--server', 'http://10.0.0.1:4000'], /plain http/],
  [enrol, ['--hostname', 'a b'], /--hostname/],
  [enrol, ['--config-dir', '/c'], /--ats-root excludes/],
  [enrol, ['--colour', 'blue'], /--colour/],
  [['enrol', '--server', 'https://m.example', '--home', '/h'], ['--log-dir', '/l'], /--ats-root is missing/],
])('refused by name: %j %j', (base, more, reason) => {
  expect(() => readCommand([...base, ...more], env)).toThrow(SettingsError)
  expect(() => readCommand([...base, ...more], env)).toThrow(reason)
})

test('plain http is for loopback, or for those who insist', () => {
  for (const more of [
    ['--server', 'http://127.0.0.1:4000'],
    ['--server', 'http://[::1]:4000'],
    ['--server', 'http://10.0.0.1', '--allow-plain-http'],
  ]) {
    expect(readCommand([...enrol, ...more], env)).toMatchObject({ kind: 'enrol' })
  }
})

test('a missing token is refused by name', () => {
  expect(() => readCommand(enrol, {})).toThrow(/--token \(or APM_ENROLMENT_TOKEN\)/)
})
