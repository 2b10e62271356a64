/** Making a config from an ATS's own files. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configInput, newConfig, unique } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

const documentFields = `id name description status revision defaultAction
  rules { id kind value action enabled note owner expiresAt } parentProxies { host port priority enabled }
  clientRules { range action } failover { selection failThreshold retrySeconds connectTimeoutSeconds directWhenAllDown }`
const importMutation = `mutation ($input: ImportConfigFilesInput!) { importConfigFiles(input: $input) {
  config { ${documentFields} } findings { file line text code message kind } } }`
const importing = (input: Data, by = root) =>
  by.send(importMutation, { input: { name: unique('import'), ...input } })

const parentConfig = `# the finance team asked for it
dest_domain=corp.example go_direct=true
dest_domain=shop.example parent="p9.example:3128" go_direct=false
dest_domain=x.example scheme=https go_direct=true
dest_domain=. parent="p1.example:3128;p2.example:3128" round_robin=strict go_direct=false
`
const ipAllow = `ip_allow:
  - apply: in
    ip_addrs: 10.0.0.0/8
    action: allow
    methods: ALL
`

describe('imported files', () => {
  test('become a draft, each loss with its line, and the trail names the files', async () => {
    const name = unique('import')
    const files = [
      { name: 'parent.config', content: parentConfig },
      { name: 'ip_allow.yaml', content: ipAllow },
      { name: 'sni.yaml', content: 'sni:\n  - fqdn: a.example\n' },
    ]
    const { data } = await importing({ name, description: 'from the old host', files })
    const { config, findings } = data.importConfigFiles
    expect(config).toMatchObject({
      name,
      description: 'from the old host',
      status: 'DRAFT',
      defaultAction: 'PARENT',
      rules: [
        { kind: 'DOMAIN', value: 'corp.example', action: 'DIRECT', note: 'the finance team asked for it' },
        { kind: 'DOMAIN', value: 'shop.example', action: 'PARENT', note: '' },
      ],
      parentProxies: [
        { host: 'p1.example', port: 3128, priority: 1, enabled: true },
        { host: 'p2.example', port: 3128, priority: 2, enabled: true },
      ],
      clientRules: [{ range: '10.0.0.0/8', action: 'ALLOW' }],
      failover: { selection: 'ROUND_ROBIN', directWhenAllDown: false },
    })
    expect(findings.map(({ file, line, code, kind }: Data) => `${file} ${line} ${code} ${kind}`)).toEqual([
      'parent.config 3 OTHER_PARENTS CHANGED',
      'parent.config 3 OTHER_SELECTION CHANGED',
      'parent.config 4 CONDITION_NOT_POSSIBLE LOST',
      'ip_allow.yaml 2 CACHE_METHODS_DENIED CHANGED',
      'sni.yaml 2 TLS_NOT_POSSIBLE LOST',
    ])
    expect(findings[2]).toMatchObject({
      text: 'dest_domain=x.example scheme=https go_direct=true',
      message: expect.stringContaining('scheme='),
    })

    const { auditEntries } = await root.get(
      'query ($id: ID!) { auditEntries(entityId: $id) { edges { node { action newValue } } } }',
      { id: config.id },
    )
    expect(auditEntries.edges.map(({ node }: Data) => node)).toEqual([
      {
        action: 'config.import',
        newValue: expect.objectContaining({
          importedFiles: 'parent.config, ip_allow.yaml, sni.yaml',
          linesLost: 2,
          linesChanged: 3,
        }),
      },
    ])
  })

  test('that are what a config renders make the same config again', async () => {
    const made = await newConfig(root, {
      ...configInput,
      rules: [
        { kind: 'IP_RANGE', value: '10.1.0.0/16', action: 'DIRECT' },
        { kind: 'DOMAIN', value: 'corp.example', action: 'DIRECT' },
        { kind: 'IP_RANGE', value: '10.0.0.0/15', action: 'PARENT' },
      ],
      clientRules: [{ range: '10.0.0.0/8', action: 'ALLOW' }],
    })
    const filesField = 'files { generation name content }'
    const before = (await root.get(`query ($id: ID!) { config(id: $id) { ${filesField} } }`, { id: made.id }))
      .config
    const ofOne = before.files.filter(({ generation }: Data) => generation === before.files[0].generation)
    const files = ofOne.map(({ name, content }: Data) => ({ name, content }))
    const { data } = await importing({ files })
    const { config, findings } = data.importConfigFiles
    expect(findings).toEqual([])
    const after = (
      await root.get(`query ($id: ID!) { config(id: $id) { ${filesField} } }`, { id: config.id })
    ).config
    expect(after.files).toEqual(before.files)
  })

  test.each<[string, Data, string]>([
    ['nothing', { files: [] }, 'FILES_COUNT'],
    ['too many', { files: Array(11).fill({ name: 'parent.config', content: '' }) }, 'FILES_COUNT'],
    ['a file without a name', { files: [{ name: ' ', content: parentConfig }] }, 'FILE_NAME_MALFORMED'],
    [
      'a file that is none of ATS’s',
      { files: [{ name: 'notes.txt', content: 'call Ann' }] },
      'NOTHING_TO_IMPORT',
    ],
    [
      'lines that ATS drops',
      { files: [{ name: 'parent.config', content: 'dest_domain=a.example go_direct=true # why' }] },
      'NOTHING_TO_IMPORT',
    ],
    ['an empty name', { name: '', files: [{ name: 'parent.config', content: parentConfig }] }, 'NAME_EMPTY'],
  ])('that are %s are refused, and make no config', async (_, input, code) => {
    const count = async () => (await root.get('{ configs(first: 1) { totalCount } }')).configs.totalCount
    const before = await count()
    const { errors } = await importing(input)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ code }] })
    expect(await count()).toBe(before)
  })

  test('that are refused say the first loss with its line', async () => {
    const content = '\ndest_domain=a.example port=1 go_direct=true'
    const { errors } = await importing({ files: [{ name: 'parent.config', content }] })
    expect(errors?.[0]?.message).toContain('parent.config, line 2: A rule can’t say')
  })

  test('can not take a name that a config has', async () => {
    const name = unique('taken')
    await newConfig(root, { name })
    const { errors } = await importing({
      name,
      files: [{ name: 'parent.config', content: parentConfig }],
    })
    expect(errors?.[0]?.extensions.code).toBe('CONFLICT')
  })
})
