/** From the moment at which a line stands in the file of ATS to the frame in which a browser shows it. */
import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'

export interface Waits {
  readonly debugMs: readonly number[]
  readonly accessMs: readonly number[]
}

interface Probe {
  /** A name that no request had before. */
  readonly host: string
  send(): Promise<unknown>
}

const lookEveryMs = 2
const patienceMs = 30_000

/** One request after the other: its line of the choice of a parent, and its line in the access log. */
export async function measureWaits(
  page: Page,
  paths: { readonly debug: string; readonly access: string },
  probes: readonly Probe[],
): Promise<Waits> {
  const waits = { debugMs: [] as number[], accessMs: [] as number[] }
  for (const { host, send } of probes) {
    const [debugText, accessText] = [`Result for ${host} was`, `GET http://${host}`]
    const seen = Promise.all([
      writtenAt(paths.debug, debugText),
      writtenAt(paths.access, accessText),
      shownAt(page, debugText),
      shownAt(page, accessText),
    ])
    await send()
    const [debugWritten, accessWritten, debugShown, accessShown] = await seen
    waits.debugMs.push(debugShown - debugWritten)
    waits.accessMs.push(accessShown - accessWritten)
  }
  return waits
}

/** Epoch ms, found out at most `lookEveryMs` late. */
async function writtenAt(path: string, text: string): Promise<number> {
  const file = await open(path, 'r')
  try {
    return await lookFor(file, (await file.stat()).size, text)
  } finally {
    await file.close()
  }
}

async function lookFor(file: FileHandle, from: number, text: string): Promise<number> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await wait(lookEveryMs)) {
    const { size } = await file.stat()
    if (size === from) continue
    const { buffer } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
    if (buffer.includes(text)) return Date.now()
  }
  throw new Error(`ATS has not written “${text}” within ${patienceMs / 1_000} s`)
}

async function shownAt(page: Page, text: string): Promise<number> {
  const at = await page.evaluate(async (wanted) => {
    // No function with a name in here: the compiler's way to keep it is unknown to the page.
    const shown = await window.bench.whenShown(
      () => document.querySelector('[role=listbox]')?.textContent?.includes(wanted) === true,
    )
    return shown === null ? null : performance.timeOrigin + shown
  }, text)
  if (at === null) throw new Error(`“${text}” was never shown`)
  return at
}
