/** Looks up many requests in turns of the event loop, with its progress, and stops when asked. */
import { createSignal, onCleanup } from 'solid-js'
import type { ConfigDocument } from '#core/config-document'
import { compileRoutes, type RouteCircumstances, type RouteDecision, type RouteRequest } from '#core/route'
import { diffRoutes } from '#core/route/differences'
import { turn } from '../turns.ts'
import { type BulkLine, linesOf, mostLines, readLine } from './bulkLines.ts'

export interface BulkRow {
  /** Key of the row, too. */
  readonly line: number
  readonly request: RouteRequest
  /** Null: there is nothing to compare with. */
  readonly before: RouteDecision | null
  readonly after: RouteDecision
  readonly isDifferent: boolean
}

export interface BulkRun {
  readonly rows: readonly BulkRow[]
  readonly rejected: readonly Extract<BulkLine, { readonly ok: false }>[]
  readonly done: number
  readonly total: number
  /** There were more lines than are looked at. */
  readonly isCut: boolean
  readonly state: 'running' | 'stopped' | 'finished'
}

export interface BulkDocuments {
  readonly before: ConfigDocument | null
  readonly after: ConfigDocument
  readonly circumstances: RouteCircumstances
}

/** Work before the browser gets its turn. */
const turnMs = 8

export function createBulkRun() {
  const [run, setRun] = createSignal<BulkRun>()
  let newest = 0
  const start = async (text: string, { before, after, circumstances }: BulkDocuments) => {
    newest += 1
    const mine = newest
    const lines = linesOf(text)
    const wanted = lines.slice(0, mostLines)
    const rows: BulkRow[] = []
    const rejected: Extract<BulkLine, { readonly ok: false }>[] = []
    const tell = (done: number, state: BulkRun['state']) =>
      setRun({
        rows: rows.slice(),
        rejected: rejected.slice(),
        done,
        total: wanted.length,
        isCut: lines.length > wanted.length,
        state,
      })
    tell(0, 'running')
    await turn()
    const now = compileRoutes(after, circumstances)
    await turn()
    const old = before && compileRoutes(before, circumstances)
    await turn()

    let turnEnd = performance.now() + turnMs
    for (const [index, line] of wanted.entries()) {
      if (performance.now() > turnEnd) {
        tell(index, 'running')
        await turn()
        if (mine !== newest) return
        turnEnd = performance.now() + turnMs
      }
      const read = readLine(line)
      if (!read.ok) {
        rejected.push(read)
        continue
      }
      const { request } = read
      const [difference] = old === null ? [] : diffRoutes(old, now, [request])
      rows.push({
        line: read.line,
        request,
        before: old?.decide(request) ?? null,
        after: now.decide(request),
        isDifferent: difference !== undefined,
      })
    }
    if (mine === newest) tell(wanted.length, 'finished')
  }
  const stop = () => {
    const known = run()
    if (known?.state !== 'running') return
    newest += 1
    setRun({ ...known, state: 'stopped' })
  }
  onCleanup(() => {
    newest += 1
  })
  return {
    run,
    start,
    stop,
    clear: () => {
      newest += 1
      setRun(undefined)
    },
  }
}
