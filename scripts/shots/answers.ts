/** Answers that a page gets instead of the server's: none, a fault, or what no seeded agent tells. */
import type { Page, Route } from 'playwright-core'

/** No question is answered; what is no question (the beacon, say) is. */
export async function slow(page: Page): Promise<void> {
  await page.route('**/graphql', (route) => (isQuestion(route) ? undefined : route.continue()))
}

/** The server is there, its database is not. */
export async function gone(page: Page): Promise<void> {
  await page.route('**/graphql', (route) =>
    isQuestion(route)
      ? route.fulfill({
          status: 503,
          json: {
            errors: [
              {
                message: 'The server’s database does not answer at the moment.',
                extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 30 },
              },
            ],
          },
        })
      : route.continue(),
  )
}

/** The server is broken. */
export async function failing(page: Page): Promise<void> {
  await page.route('**/graphql', (route) =>
    isQuestion(route)
      ? route.fulfill({ status: 500, contentType: 'text/plain', body: 'not today' })
      : route.continue(),
  )
}

/** A seeded agent sends no files: here they are what was approved, and one line of somebody's own. */
export async function filesEdited(page: Page): Promise<void> {
  await page.route('**/graphql', async (route) => {
    if (!(route.request().postData() ?? '').includes('query ProxyFiles')) return route.continue()
    const response = await route.fetch()
    const answer = await response.json()
    const { proxy } = answer.data
    const files = (proxy.version.files as { name: string; content: string; sha256: string }[]).map((file) =>
      file.name === 'parent.config'
        ? {
            ...file,
            sha256: '0'.repeat(64),
            content: `dest_domain=edited-by-hand.example go_direct=true\n${file.content}`,
          }
        : file,
    )
    proxy.runningFiles = { source: 'REPORTED', at: new Date().toISOString(), files, records: [] }
    await route.fulfill({ json: answer })
  })
}

/** What a page asks for; who is logged in comes with the beacon. */
function isQuestion(route: Route): boolean {
  const query = /"query":"\s*query/.test(route.request().postData() ?? '')
  return query && !/\bme\b/.test(route.request().postData() ?? '')
}
