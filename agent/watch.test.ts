import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { createLog } from './log.ts'
import { watchFiles } from './watch.ts'

const configDir = mkdtempSync(join(tmpdir(), 'apm-watch-'))
afterAll(() => rmSync(configDir, { recursive: true }))

function watching(directory = configDir) {
  let edits = 0
  const lines: string[] = []
  const end = watchFiles({
    configDir: directory,
    onEdit: () => {
      edits += 1
    },
    log: createLog((line) => lines.push(line)),
    settleMs: 20,
    leastGapMs: 0,
  })
  return { end, edits: () => edits, said: () => lines.join('') }
}

test('an edit in place and one by rename are heard, other files are not', async () => {
  const { end, edits } = watching()
  writeFileSync(join(configDir, 'volume.config'), 'x')
  writeFileSync(join(configDir, 'parent.config'), '# by hand')
  await vi.waitFor(() => expect(edits()).toBe(1))
  writeFileSync(join(configDir, '.ip_allow.yaml.swp'), 'x')
  renameSync(join(configDir, '.ip_allow.yaml.swp'), join(configDir, 'ip_allow.yaml'))
  await vi.waitFor(() => expect(edits()).toBe(2))
  end()
})

test('a directory that can’t be watched is said, and polled all the same', () => {
  const { end, said } = watching(join(configDir, 'gone'))
  expect(said()).toContain('next poll')
  end()
})
