/** The filtered audit trail as a JSON file: the newest entries, up to a limit that is told. */
import type { OperationResult } from '@urql/core'
import { createSignal } from 'solid-js'
import { client } from '../client.ts'
import { formatNumber } from '../format.ts'
import type { ResultOf } from '../graphql.ts'
import { locale, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { fileTime, saveFile } from '../ui/saveFile.ts'
import { toast } from '../ui/toast.tsx'
import { type AuditFilter, auditDocument, type Entry } from './feed.ts'

/** The API's largest page, and as many of them as a browser should hold in one file. */
const pageSize = 100
const mostEntries = 5_000

export function createDownload(filter: () => AuditFilter) {
  const [isBusy, setBusy] = createSignal(false)
  const start = async () => {
    if (isBusy()) return
    setBusy(true)
    const entries = await readAll(filter())
    setBusy(false)
    if (entries === undefined) return
    saveFile(`audit-${fileTime()}.json`, 'application/json', JSON.stringify(entries, null, 2))
    if (entries.length >= mostEntries) {
      toast('ok', t('audit.downloadCut', { count: formatNumber(locale(), mostEntries) }))
    }
  }
  return { start, isBusy }
}

async function readAll(filter: AuditFilter): Promise<readonly Entry[] | undefined> {
  const entries: Entry[] = []
  let after: string | null = null
  do {
    const answer: OperationResult<ResultOf<typeof auditDocument>> = await client
      .query(auditDocument, { ...filter, first: pageSize, after })
      .toPromise()
    const { data, error } = answer
    if (error) toast('bad', lineOf(error))
    if (!data) return undefined
    const { edges, pageInfo } = data.auditEntries
    entries.push(...edges.map(({ node }) => node))
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after !== null && entries.length < mostEntries)
  return entries
}
