/** The API client: bearer token, one renewal when it is refused, and retries of queries that got no answer. */
import { createClient, fetchExchange } from '@urql/core'
import { authExchange } from '@urql/exchange-auth'
import { retryExchange } from '@urql/exchange-retry'
import { codeOf } from './messages.ts'
import { authorization, lookAgain } from './session.ts'

export const client = createClient({
  url: '/graphql',
  preferGetMethod: false,
  // What a page shows is kept by its query (`query.ts`); a document cache below it could only be staler.
  requestPolicy: 'network-only',
  fetchOptions: { credentials: 'same-origin' },
  exchanges: [
    authExchange(async ({ appendHeaders }) => ({
      addAuthToOperation: (operation) => {
        const bearer = authorization()
        return bearer === undefined ? operation : appendHeaders(operation, { authorization: bearer })
      },
      didAuthError: (error) => codeOf(error) === 'UNAUTHENTICATED',
      // A session that is over ends here; the app then shows the login page.
      refreshAuth: lookAgain,
    })),
    retryExchange({
      maxNumberAttempts: 3,
      initialDelayMs: 400,
      // A mutation that got no answer may have been carried out: people decide whether to send it again.
      retryIf: (error, operation) => operation.kind === 'query' && codeOf(error) === 'NETWORK',
    }),
    fetchExchange,
  ],
})
