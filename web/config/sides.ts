/** A side of a comparison, a version, the working copy, or nothing, with its rules and its files. */
import { type ConfigDocument, canonicalDocument } from '#core/config-document'
import type { AtsGeneration } from '#core/vocabulary'
import { client } from '../client.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { inTurns, turn } from '../turns.ts'
import { type ApiDocument, documentFields, toDocument, versionFields } from './document.ts'
import type { Fetched } from './fetched.ts'

/** Id of a version, or one of the two words. */
export type Side = 'none' | 'working' | (string & {})
export type GenerationName = keyof typeof AtsGeneration

/** What can be chosen as a side. */
export const choicesDocument = graphql(`
  query CompareChoices($id: ID!) {
    config(id: $id) {
      id name revision retiredAt activeVersion { id number }
      versions(first: 100) { totalCount edges { node { id number approvedAt } } }
    }
  }
`)
export type Choices = ResultOf<typeof choicesDocument>['config']

const versionDocument = graphql(
  'query VersionDocument($id: ID!) { configVersion(id: $id) { id number ...VersionFields } }',
  [versionFields],
)
const workingDocument = graphql(
  'query WorkingDocument($id: ID!) { config(id: $id) { id revision ...DocumentFields } }',
  [documentFields],
)
const versionFilesDocument = graphql(`
  query VersionFiles($id: ID!, $generation: AtsGeneration!) {
    configVersion(id: $id) {
      id files(generation: $generation) { name content sha256 } records(generation: $generation) { name type value }
    }
  }
`)
const workingFilesDocument = graphql(`
  query WorkingFiles($id: ID!, $generation: AtsGeneration!) {
    config(id: $id) {
      id files(generation: $generation) { name content sha256 } records(generation: $generation) { name type value }
    }
  }
`)

export interface SideDocument {
  readonly label: string
  /** Null: nothing. */
  readonly document: ConfigDocument | null
}

/** The document of one side, ready to be compared. */
export async function fetchDocument(configId: string, side: Side): Promise<Fetched<SideDocument>> {
  if (side === 'none') return { data: { label: t('compare.nothing'), document: null } }
  if (side === 'working') {
    const { data, error } = await client.query(workingDocument, { id: configId }).toPromise()
    if (!data) return { error }
    const label = t('compare.working', { revision: data.config.revision })
    return { data: { label, document: await readied(data.config) } }
  }
  const { data, error } = await client.query(versionDocument, { id: side }).toPromise()
  if (!data) return { error }
  const label = t('config.versionNumber', { number: data.configVersion.number })
  return { data: { label, document: await readied(data.configVersion) } }
}

/** The document with each rule's canonical form worked out, which is kept with the rule: comparing finds it there. */
async function readied(answer: ApiDocument): Promise<ConfigDocument> {
  await turn()
  const document = toDocument(answer)
  await inTurns(document.rules, (rules) => canonicalDocument({ ...document, rules }))
  await turn()
  return document
}

export interface SideFile {
  readonly name: string
  readonly content: string
  readonly sha256?: string
}

/** The files for one generation of ATS, and the records that go with them as one more. Empty: nothing, or problems. */
export async function fetchFiles(
  configId: string,
  side: Side,
  generation: GenerationName,
): Promise<Fetched<readonly SideFile[]>> {
  if (side === 'none') return { data: [] }
  if (side === 'working') {
    const { data, error } = await client.query(workingFilesDocument, { id: configId, generation }).toPromise()
    return data ? { data: withRecords(data.config) } : { error }
  }
  const { data, error } = await client.query(versionFilesDocument, { id: side, generation }).toPromise()
  return data ? { data: withRecords(data.configVersion) } : { error }
}

interface FilesAnswer {
  readonly files: readonly SideFile[]
  readonly records: readonly { readonly name: string; readonly type: string; readonly value: string }[]
}

function withRecords({ files, records }: FilesAnswer): readonly SideFile[] {
  if (files.length === 0) return []
  const content = records.map(({ name, type, value }) => `${name} ${type} ${value}\n`).join('')
  return [...files, { name: t('compare.records'), content }]
}
