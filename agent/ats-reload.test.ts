import { expect, test } from 'vitest'
import { AtsSilent } from './ats-port.ts'
import { readReload, watchReloads } from './ats-reload.ts'
import type { RpcCall } from './ats-rpc.ts'

const log = (level: number, text: string) => ({ level: String(level), text })
const task = (config_key: string, status = 'success', logs: object[] = [], sub_tasks: object[] = []) => ({
  config_key,
  filename: '',
  status,
  logs,
  sub_tasks,
})
const reload = (status: string, ...sub_tasks: object[]) => ({ tasks: [task('', status, [], sub_tasks)] })
const parent = (...logs: object[]) => task('parent_proxy', 'success', logs)
const sni = (status: string, logs: object[] = []) =>
  task('ssl_client_coordinator', status, [], [task('SNIConfig', status, logs)])

test.each([
  ['created', reload('created'), 'parent.config', 'waiting', []],
  ['in progress', reload('in_progress', parent()), 'parent.config', 'waiting', []],
  [
    'success with a task of its own',
    reload('success', parent(log(3, 'loaded'))),
    'parent.config',
    'loaded',
    [],
  ],
  [
    'success of other files only',
    reload('success', task('ssl_ticket_key')),
    'parent.config',
    'overlooked',
    [],
  ],
  [
    'success with an error about a line that was dropped',
    reload('success', parent(log(3, 'loading'), log(5, "Unknown modifier 'x' at line 3"))),
    'parent.config',
    'rejected',
    ["parent.config: Unknown modifier 'x' at line 3"],
  ],
  [
    'a warning that means nothing',
    reload('success', parent(log(4, 'initializing SimpleRetryResponseCodes with 404 default'))),
    'parent.config',
    'loaded',
    [],
  ],
  [
    'a warning about a key of sni.yaml',
    reload('success', sni('success', [log(4, 'unsupported key in sni.yaml at line 2')])),
    'sni.yaml',
    'rejected',
    ['unsupported key in sni.yaml at line 2'],
  ],
  [
    'sni.yaml within everything that hangs on it',
    reload('success', sni('success')),
    'sni.yaml',
    'loaded',
    [],
  ],
  [
    'a failure of ip_allow.yaml',
    reload('fail', parent(), task('ip_allow', 'fail', [log(5, 'bad range at line 7')])),
    'ip_allow.yaml',
    'rejected',
    ['ip_allow.yaml: bad range at line 7'],
  ],
  [
    'a failure without words',
    reload('fail', task('ip_allow', 'fail')),
    'ip_allow.yaml',
    'rejected',
    ['ATS failed to load ip_allow.yaml.'],
  ],
  [
    'a failure of a file of the host’s own',
    reload('fail', parent(), task('logging.yaml', 'fail', [log(5, 'no such format')])),
    'parent.config',
    'failed',
    ['ATS ended its reload with “fail”.', 'logging.yaml: no such format'],
  ],
  [
    'a certificate of the host’s own that is missing',
    reload(
      'fail',
      task(
        'ssl_client_coordinator',
        'fail',
        [],
        [task('SNIConfig'), task('SSLCertificateConfig', 'fail', [log(5, 'no such file')])],
      ),
    ),
    'sni.yaml',
    'failed',
    ['ATS ended its reload with “fail”.', 'SSLCertificateConfig: no such file'],
  ],
  [
    'a timeout',
    reload('timeout', parent()),
    'parent.config',
    'failed',
    ['ATS ended its reload with “timeout”.'],
  ],
  [
    'a token that ATS has forgotten',
    { errors: [{ code: '6001', message: "Token 'x' not found" }], token: 'x' },
    'parent.config',
    'overlooked',
    ["Token 'x' not found"],
  ],
] as const)('%s', (_what, answer, name, result, complaints) => {
  expect(readReload(answer, name)).toEqual({ result, complaints })
})

/** Answers from a list; then the last for ever. */
function scripted(answers: (params: { token: string }) => readonly unknown[]): RpcCall {
  let count = 0
  return async (_method, params) => {
    const all = answers(params as { token: string })
    count += 1
    return all[Math.min(count, all.length) - 1]
  }
}
const ongoing = {
  errors: [{ code: '6004', message: "Reload ongoing with token 'other'" }],
  tasks: [reload('success', parent())],
}

test('while another reload goes on it asks again, each time with a token of its own', async () => {
  const tokens: string[] = []
  const watch = watchReloads(
    scripted(({ token }) => {
      tokens.push(token)
      return [ongoing, ongoing, { token }]
    }),
  )
  await watch.reload()
  expect(new Set(tokens).size).toBe(3)
})

test('a reload of others that never ends is a failure that says so', async () => {
  const watch = watchReloads(async () => ongoing, 100)
  await expect(watch.reload()).rejects.toThrow(/no reload for 0.1 s: Reload ongoing with token 'other'/)
})

test('an older ATS that still runs, and knows no tokens, is told from one that took ours', async () => {
  await expect(watchReloads(async () => 'success').reload()).rejects.toThrow(/restart ATS/)
})

test('a file that one reload of ours has loaded stays loaded in the next, which has no task for it', async () => {
  let answer: object = reload('success', parent())
  const watch = watchReloads(async (method, params) => (method === 'admin_config_reload' ? params : answer))
  await watch.reload()
  const results = async () =>
    (await watch.verdicts(['parent.config', 'sni.yaml'])).map(({ result }) => result)
  expect(await results()).toEqual(['loaded', 'overlooked'])
  answer = reload('success', sni('success'))
  await watch.reload()
  expect(await results()).toEqual(['loaded', 'loaded'])
})

test('an ATS that is silent while it is waited for may come back', async () => {
  const watch = watchReloads(async (method, params) => {
    if (method !== 'admin_config_reload') throw new AtsSilent('no socket')
    return params
  })
  await watch.reload()
  expect(await watch.verdicts(['sni.yaml'])).toEqual([
    { name: 'sni.yaml', result: 'waiting', complaints: ['no socket'] },
  ])
})
