import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTail, readVerdict } from './ats-log.ts'

const at = '[Nov 23 05:06:39.948] [ET_TASK 0]'

test('a file is loaded once a load has begun and finished', () => {
  const lines = [`${at} NOTE: parent.config loading ...`]
  expect(readVerdict(lines, 'parent.config').result).toBe('waiting')
  lines.push(`${at} NOTE: parent.config finished loading`)
  expect(readVerdict(lines, 'parent.config').result).toBe('loaded')
  expect(readVerdict(lines, 'sni.yaml').result).toBe('waiting')
})

test('the end of a load that began before the file was replaced says nothing', () => {
  const lines = [`${at} NOTE: parent.config finished loading`]
  expect(readVerdict(lines, 'parent.config').result).toBe('waiting')
  lines.push(`${at} NOTE: parent.config loading ...`, `${at} NOTE: parent.config finished loading`)
  expect(readVerdict(lines, 'parent.config').result).toBe('loaded')
})

test('a dropped line of parent.config is a rejection in the words of ATS', () => {
  const lines = [
    `${at} NOTE: parent.config loading ...`,
    `${at} ERROR: [ParentSelection] Unknown modifier at line 1 in parent.config`,
    `${at} WARNING: SimpleRetryResponseCodes is null, the default 404 is used`,
    `${at} NOTE: parent.config finished loading`,
  ]
  expect(readVerdict(lines, 'parent.config')).toEqual({
    result: 'rejected',
    complaints: ['ERROR: [ParentSelection] Unknown modifier at line 1 in parent.config'],
  })
})

test('a bad sni.yaml or ip_allow.yaml is rejected with the reason, not only the verdict', () => {
  const lines = [
    `${at} NOTE: /a/etc/sni.yaml loading ...`,
    `${at} ERROR: /a/etc/sni.yaml failed to load: 1 [1]: yaml-cpp: error at line 2, column 1: end of map flow not found`,
    `${at} ERROR: /a/etc/sni.yaml failed to load`,
    `${at} NOTE: ip_allow.yaml loading ...`,
    `${at} WARNING: "apply" value at Line 0 must be "in" or "out"`,
    `${at} ERROR: ip_allow.yaml failed to load`,
  ]
  expect(readVerdict(lines, 'sni.yaml').result).toBe('rejected')
  expect(readVerdict(lines, 'sni.yaml').complaints[0]).toContain('line 2, column 1')
  expect(readVerdict(lines, 'ip_allow.yaml').complaints).toEqual([
    'WARNING: "apply" value at Line 0 must be "in" or "out"',
    'ERROR: ip_allow.yaml failed to load',
  ])
})

test('a second load decides anew', () => {
  const bad = [`${at} NOTE: parent.config loading ...`, `${at} ERROR: [ParentSelection] x`]
  const end = `${at} NOTE: parent.config finished loading`
  const good = [`${at} NOTE: parent.config loading ...`, end]
  expect(readVerdict([...bad, end, ...good], 'parent.config').result).toBe('loaded')
})

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apm-log-'))
})
afterEach(() => rm(directory, { recursive: true }))

test('a tail starts at the end, waits for whole lines, and survives truncation and rotation', async () => {
  const path = join(directory, 'diags.log')
  await writeFile(path, 'old\n')
  const tail = await openTail(path)
  await appendFile(path, 'one\ntw')
  expect(await tail.read()).toEqual(['one'])
  await appendFile(path, 'o\n')
  expect(await tail.read()).toEqual(['one', 'two'])
  await truncate(path, 0)
  await appendFile(path, '3\n')
  expect(await tail.read()).toEqual(['one', 'two', '3'])
  await appendFile(path, '4\n')
  await rename(path, `${path}.1`)
  expect(await tail.read()).toEqual(['one', 'two', '3', '4'])
  await appendFile(`${path}.1`, '5\n')
  expect((await tail.read()).at(-1)).toBe('5')
  await writeFile(path, '6\n')
  expect((await tail.read()).at(-1)).toBe('6')
  await tail.close()
})

test('a log that does not exist yet is read from its start', async () => {
  const path = join(directory, 'diags.log')
  const tail = await openTail(path)
  expect(await tail.read()).toEqual([])
  await writeFile(path, 'first\n')
  expect(await tail.read()).toEqual(['first'])
  await tail.close()
})
