/** What routes depend on besides a config: the instance's own settings. */
import { createMemo } from 'solid-js'
import type { RouteCircumstances } from '#core/route'
import { graphql } from '../graphql.ts'
import { createQuery } from '../query.ts'

const circumstancesDocument = graphql('query RouteCircumstances { settings { outboundExceptions } }')

/** As a query, so that a page can wait for it; its value changes only when the settings do. */
export function createCircumstances() {
  const query = createQuery(circumstancesDocument, { variables: () => ({}), subjects: ['SETTINGS'] })
  const value = createMemo(
    (): RouteCircumstances | undefined => {
      const known = query.data()
      return known && { outboundExceptions: [...known.settings.outboundExceptions] }
    },
    undefined,
    { equals: (a, b) => a?.outboundExceptions.join(' ') === b?.outboundExceptions.join(' ') },
  )
  return { ...query, data: value }
}
