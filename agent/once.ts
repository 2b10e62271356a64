/** One pass by hand: carried out, or only shown. */
import { createTwoFilesPatch } from 'diff'
import { readRecords } from '#core/ats/records'
import { readDiskSet, routingFiles } from './files.ts'
import { checkOffer } from './offer.ts'
import { type ReconcileParts, reconcile, repair, reportOf } from './reconcile.ts'

export interface Result {
  /** For people, whole lines. */
  readonly text: string
  readonly isGood: boolean
}

/** What `agent run` does every 30 s, once. @throws LinkError */
export async function syncOnce(parts: ReconcileParts): Promise<Result> {
  const { memory } = parts
  await repair(parts)
  const before = memory.state.lastSent
  await reconcile(parts)
  const { lastSent, failures } = memory.state
  if (lastSent === null || lastSent === before) {
    if (failures !== null) {
      const text = 'The offer failed here before, and is not due for another try. See "agent status".\n'
      return { text, isGood: false }
    }
    return { text: 'In step with the server: nothing to do.\n', isGood: true }
  }
  const { outcome, message } = lastSent
  const isGood = outcome === 'applied' || outcome === 'unchanged'
  return { text: `${outcome}${message === '' ? '' : `: ${message}`}\n`, isGood }
}

/** What a pass would write, as a patch; nothing on the host changes, and nothing is acknowledged. @throws LinkError */
export async function dryRun(parts: ReconcileParts): Promise<Result> {
  const { report } = await reportOf(parts)
  const offer = await parts.link.sync(report)
  if (offer.upToDate) return { text: 'In step with the server: nothing would be written.\n', isGood: true }
  const checked = await checkOffer(offer, parts.identity, parts.memory.state)
  if (typeof checked === 'string') return { text: `The offer would be refused: ${checked}\n`, isGood: false }
  const disk = await readDiskSet(parts.place.configDir, await parts.ats.recordsFile())
  const { name: recordsFile, render } = disk.recordsFile
  const ours = render('', readRecords(disk.records))
  const patches = [
    ...routingFiles.map((name) => patch(name, (disk.files[name] ?? '').toString(), checked.files[name])),
    patch(recordsFile, ours, render('', checked.records)),
  ].join('')
  const title = `Version ${checked.version} of config ${checked.configId} would be applied:\n`
  return {
    text: `${title}${patches || 'Nothing differs on the disk; ATS would confirm it.\n'}`,
    isGood: true,
  }
}

function patch(name: string, before: string, after: string): string {
  return before === after ? '' : createTwoFilesPatch(`now/${name}`, `then/${name}`, before, after)
}
