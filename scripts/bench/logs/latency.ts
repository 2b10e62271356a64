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
const quietMs = 2_000

/** One request after the other: its line of the choice of a parent, and its line in the access log. */
export async function measureWaits(
  page: Page,
  paths: { readonly debug: string; readonly access: string },
  probes: readonly Probe[],
): Promise<Waits> {
  const waits = { debugMs: [] as number[], accessMs: [] as number[] }
  await untilQuiet(page)
  for (const { host, send } of probes) {
    const [debugText, accessText] = [`Result for ${host} was`, `GET http://${host}`]
    // All of them look before it is sent: ATS has written its lines before an answer is back.
    const files = [await follow(paths.debug, debugText), await follow(paths.access, accessText)] as const
    const shown = await lookInPage(page, [debugText, accessText])
    const written = Promise.all(files.map(({ writtenAt }) => writtenAt()))
    await send()
    const [[debugWritten = 0, accessWritten = 0], [debugShown = 0, accessShown = 0]] = [
      await written,
      await shown(),
    ]
    waits.debugMs.push(debugShown - debugWritten)
    waits.accessMs.push(accessShown - accessWritten)
  }
  return waits
}

/** Lines of earlier requests that come late would push a probe's out of sight before it was seen. */
async function untilQuiet(page: Page): Promise<void> {
  const list = page.locator('[role=listbox]')
  for (let before = ''; ; await wait(quietMs)) {
    const text = (await list.textContent()) ?? ''
    if (text === before) return
    before = text
  }
}

/** What comes into a file from now on. `writtenAt`: epoch ms, found out at most `lookEveryMs` late. */
async function follow(path: string, text: string): Promise<{ writtenAt(): Promise<number> }> {
  const file = await open(path, 'r')
  const { size } = await file.stat()
  return {
    async writtenAt() {
      try {
        return await lookFor(file, size, text)
      } finally {
        await file.close()
      }
    },
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

/** Resolves when the page looks; the returned function with the epoch ms of the frames that showed the texts. */
async function lookInPage(page: Page, texts: readonly string[]): Promise<() => Promise<readonly number[]>> {
  await page.evaluate((wanted) => {
    // No function with a name in here: the compiler's way to keep it is unknown to the page.
    window.bench.lines = Promise.all(
      wanted.map((text) =>
        window.bench.whenShown(
          () => document.querySelector('[role=listbox]')?.textContent?.includes(text) === true,
        ),
      ),
    )
  }, texts)
  return async () => {
    const at = await page.evaluate(async () =>
      (await window.bench.lines).map((shown) => shown && performance.timeOrigin + shown),
    )
    return at.map((shown, index) => {
      if (shown === null) throw new Error(`“${texts[index]}” was never shown`)
      return shown
    })
  }
}
