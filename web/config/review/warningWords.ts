/** What a warning says, in the reader's language. */
import type { Said } from '#core/warnings/sentences'
import { isKey, t } from '../../locales/i18n.ts'

/** `facts` are `Said`'s, as the API gives them. */
interface SaidWarning {
  readonly sentence: string
  readonly facts: unknown
  readonly message: string
}

/** The texts of area `review` must have been loaded. */
export function warningWords({ sentence, facts, message }: SaidWarning): string {
  const key = `warning.${sentence}`
  // A sentence that only a newer server has comes in its own words.
  if (!isKey(key)) return message
  return t(
    key,
    Object.fromEntries(
      Object.entries(facts as Said['facts']).map(([blank, fact]) => [blank, factWords(blank, fact)]),
    ),
  )
}

function factWords(blank: string, fact: Said['facts'][string]): string | number {
  if (blank === 'action') return t(fact === 'direct' ? 'warningWord.direct' : 'warningWord.parent')
  if (typeof fact !== 'object') return fact
  const others = t(blank === 'names' ? 'warningWord.otherNames' : 'warningWord.others')
  const all = fact.isMore ? [...fact.listed, others] : fact.listed
  if (all.length < 2) return all.join('')
  return `${all.slice(0, -1).join(', ')} ${t('warningWord.and')} ${all.at(-1)}`
}
