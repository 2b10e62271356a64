import { expect, test } from 'vitest'
import { createDiskReporter, type FilesReport, largestReportedFileBytes } from './disk-report.ts'
import type { RunningSet } from './files.ts'
import { createLog } from './log.ts'
import { LinkError } from './transport.ts'

const found = (hash: string, parentConfig = '# by hand\n'): RunningSet => ({
  hash,
  files: { 'parent.config': parentConfig, 'sni.yaml': '', 'ip_allow.yaml': '' },
  records: [{ name: 'proxy.config.http.parent_proxy.retry_time', type: 'INT', value: '5' }],
})

function reporter(answer: () => Promise<void> = async () => {}) {
  const sent: FilesReport[] = []
  const lines: string[] = []
  const report = createDiskReporter(
    {
      async reportFiles(files) {
        sent.push(files)
        await answer()
      },
    },
    createLog((line) => lines.push(line)),
  )
  return { report, sent, hashes: () => sent.map(({ hash }) => hash), said: () => lines.join('') }
}

test('what is found is sent once, and again after something else was', async () => {
  const { report, sent, hashes } = reporter()
  for (const hash of ['a', 'a', 'b', 'b', 'a']) await report(found(hash))
  expect(hashes()).toEqual(['a', 'b', 'a'])
  expect(sent[0]).toEqual({
    hash: 'a',
    files: [
      { name: 'parent.config', content: '# by hand\n' },
      { name: 'sni.yaml', content: '' },
      { name: 'ip_allow.yaml', content: '' },
    ],
    records: [{ name: 'proxy.config.http.parent_proxy.retry_time', type: 'INT', value: '5' }],
  })
})

test('a file that is too large is not sent, not cut either, and said once', async () => {
  const { report, sent, said } = reporter()
  const large = found('a', 'ü'.repeat(largestReportedFileBytes / 2 + 1))
  await report(large)
  await report(large)
  expect(sent).toEqual([])
  expect(said().match(/parent\.config has 1048578 bytes/g)).toHaveLength(1)
  await report(found('b', 'ü'.repeat(largestReportedFileBytes / 2)))
  expect(sent).toHaveLength(1)
})

test('what would grow beyond one message when it is written down is not sent', async () => {
  const { report, sent, said } = reporter()
  await report(found('a', '\u0001'.repeat(largestReportedFileBytes)))
  expect(sent).toEqual([])
  expect(said()).toContain('bytes to send')
})

test('what is no text is not sent', async () => {
  const { report, sent, said } = reporter()
  await report(found('a', 'a\0b'))
  expect(sent).toEqual([])
  expect(said()).toContain('parent.config is not text')
})

test('without an answer the next pass tries again; a refusal is not repeated', async () => {
  const unreachable = reporter(async () => Promise.reject(new LinkError('down', null)))
  await unreachable.report(found('a'))
  await unreachable.report(found('a'))
  expect(unreachable.hashes()).toEqual(['a', 'a'])
  const refused = reporter(async () => Promise.reject(new LinkError('no', 'BAD_USER_INPUT')))
  await refused.report(found('a'))
  await refused.report(found('a'))
  expect(refused.hashes()).toEqual(['a'])
})
