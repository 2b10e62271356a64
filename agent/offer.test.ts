import { expect, test } from 'vitest'
import { contentFor, createOfferSource } from '../tests/support/offers.ts'
import type { Identity } from './identity.ts'
import type { SyncOffer } from './link.ts'
import type { State } from './memory.ts'
import { checkOffer, localLimits } from './offer.ts'

const source = createOfferSource('proxy-1')
const identity: Identity = {
  servers: ['http://127.0.0.1:1'],
  hostname: 'h',
  proxyId: 'proxy-1',
  instanceId: 'instance-1',
  serverKey: source.serverKey,
  privateKey: {},
  ats: { configDir: '', logDir: '', runtimeDir: '', binDir: '', runroot: '' },
}
const content = contentFor([3128])
const good = source.offer(content, 7)
const fresh: State = {
  sequence: 0,
  sequenceHash: null,
  confirmedHash: null,
  hasApplied: false,
  failures: null,
  step: null,
  unsent: null,
  lastSent: null,
  takenOut: [],
}

const withFile = (name: string, text: string) =>
  source.offer({ ...content, files: [...content.files.slice(1), { name, content: text }] }, 7)
const withRecord = (name: string, value: string) =>
  source.offer({ ...content, records: [...content.records, { name, type: 'STRING', value }] }, 7)

test('an offer that the pinned key signed for this proxy is taken', async () => {
  expect(await checkOffer(good, identity, fresh)).toMatchObject({ hash: good.hash, sequence: 7 })
  expect(await checkOffer(good, identity, { ...fresh, sequence: 7, sequenceHash: good.hash })).toMatchObject({
    sequence: 7,
  })
})

test('ten megabytes are taken, more than the host allows in a file is refused', async () => {
  const line = `dest_domain=${'x'.repeat(40)}.example go_direct=true\n`
  const rest = content.files.slice(1)
  const large = (bytes: number) => {
    const parentConfig = { name: 'parent.config', content: line.repeat(Math.ceil(bytes / line.length)) }
    return source.offer({ ...content, files: [parentConfig, ...rest] }, 7)
  }
  expect(await checkOffer(large(10_000_000), identity, fresh)).toMatchObject({ sequence: 7 })
  expect(await checkOffer(large(localLimits.fileBytes + 1), identity, fresh)).toMatch(/parent\.config/)
})

const refused: [string, SyncOffer, Partial<State>, RegExp][] = [
  ['another key', createOfferSource('proxy-1').offer(content, 7), {}, /signature is not from/],
  ['no signature', { ...good, signature: null }, {}, /incomplete/],
  [
    'another kind of token',
    { ...good, signature: source.sign({ ...good, proxyId: 'proxy-1' }, 'JWT') },
    {},
    /signature is not/,
  ],
  ['another proxy', source.offer(content, 7, { proxyId: 'proxy-2' }), {}, /for another proxy/],
  ['another sequence than signed', { ...good, sequence: 8 }, {}, /for another offer/],
  ['another version than signed', { ...good, version: 8 }, {}, /for another offer/],
  ['an older sequence', good, { sequence: 8, sequenceHash: 'x' }, /older than 8/],
  ['the same sequence with another hash', good, { sequence: 7, sequenceHash: 'x' }, /another hash/],
  [
    'other bytes under a signed hash',
    { ...good, files: good.files?.map((file) => ({ ...file, content: `${file.content}#` })) ?? null },
    {},
    /own sha256/,
  ],
  ['other records under a signed hash', { ...good, records: [] }, {}, /signed hash/],
  ['a path', withFile('../../etc/passwd', ''), {}, /not one that this agent writes/],
  ['another file of ATS', withFile('plugin.config', ''), {}, /not one that this agent writes/],
  [
    'a missing file',
    source.offer({ ...content, files: content.files.slice(1) }, 7),
    {},
    /parent.config must be/,
  ],
  [
    'a record that runs programs',
    withRecord('proxy.config.crash_log_helper', '/bin/sh'),
    {},
    /not one that this agent sets/,
  ],
  ['a value with a line break', withRecord('proxy.config.hostdb.x', 'a\nCONFIG x'), {}, /characters/],
]

test.each(refused)('refused: %s', async (_, offer, state, reason) => {
  expect(await checkOffer(offer, identity, { ...fresh, ...state })).toMatch(reason)
})
