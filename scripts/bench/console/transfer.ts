/** What the browser has to fetch before a page is there, in bytes on the wire. */
import { get } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'

export interface Transfer {
  readonly jsGzipBytes: number
  readonly cssGzipBytes: number
  /** As sent to this browser, which takes brotli. */
  readonly jsBrotliBytes: number
  readonly requests: number
}

/** @param arrive opens the page and waits for what makes it usable */
export async function transferOf(page: Page, arrive: () => Promise<unknown>): Promise<Transfer> {
  const urls = { script: new Set<string>(), stylesheet: new Set<string>() }
  page.on('request', (request) => {
    const type = request.resourceType()
    if (type === 'script' || type === 'stylesheet') urls[type].add(request.url())
  })
  await arrive()
  const scripts = [...urls.script]
  return {
    jsGzipBytes: await totalOf(scripts, 'gzip'),
    cssGzipBytes: await totalOf([...urls.stylesheet], 'gzip'),
    jsBrotliBytes: await totalOf(scripts, 'br'),
    requests: urls.script.size + urls.stylesheet.size,
  }
}

async function totalOf(urls: readonly string[], encoding: 'gzip' | 'br'): Promise<number> {
  const sizes = await Promise.all(urls.map((url) => sizeOf(url, encoding)))
  return sizes.reduce((sum, size) => sum + size, 0)
}

function sizeOf(url: string, encoding: 'gzip' | 'br'): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': encoding } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const body = Buffer.concat(chunks)
        // What the server leaves as it is would be packed by a proxy in front.
        const isPacked = response.headers['content-encoding'] !== undefined
        resolve(isPacked ? body.length : gzipSync(body).length)
      })
      response.on('error', reject)
    }).on('error', reject)
  })
}
