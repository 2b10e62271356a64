import { expect, test } from 'vitest'
import { piecesOf } from './atsWords.ts'

const places = (message: string) =>
  piecesOf(message)
    .filter(({ isPlace }) => isPlace)
    .map(({ text }) => text)

test.each([
  ['[ParentSelection] parent.config:12 no destination', ['parent.config:12']],
  [
    'error parsing /etc/trafficserver/parent.config at line 7',
    ['/etc/trafficserver/parent.config', 'line 7'],
  ],
  ['sni.yaml: yaml-cpp: error at line 4, column 2: illegal map value', ['sni.yaml', 'line 4, column 2']],
  ['Could not write the online copy', []],
])('%s', (message, expected) => {
  expect(places(message)).toEqual(expected)
})

test('nothing of the message is lost', () => {
  const message = 'line 3: ip_allow.yaml:9, again parent.config'
  expect(
    piecesOf(message)
      .map(({ text }) => text)
      .join(''),
  ).toBe(message)
})
