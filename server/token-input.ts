/** What enrolment tokens and API tokens ask of their name and their end. */
import { limits } from './core/config-document.ts'
import { type Problem, refuseInput } from './core/refusal.ts'

/** No token outlives a year: somebody has to want it again. */
const longestDays = 366

/** The trimmed name. @throws Refusal BAD_USER_INPUT naming every field that is wrong */
export function tokenName(
  input: { readonly name: string; readonly expiresAt: Date },
  now: Date,
  further: readonly Problem[] = [],
): string {
  const name = input.name.trim()
  const problems: Problem[] = [...further]
  if (name === '')
    problems.push({ path: 'name', code: 'NAME_EMPTY', message: 'Give it a name, to know it by later.' })
  if (name.length > limits.nameLength) {
    problems.push({
      path: 'name',
      code: 'NAME_TOO_LONG',
      message: `At most ${limits.nameLength} characters.`,
    })
  }
  if (input.expiresAt <= now) {
    problems.push({ path: 'expiresAt', code: 'IN_THE_PAST', message: 'Must lie in the future.' })
  }
  if (input.expiresAt.getTime() > now.getTime() + longestDays * 86_400_000) {
    problems.push({ path: 'expiresAt', code: 'TOO_FAR', message: `At most ${longestDays} days from now.` })
  }
  const [first, ...rest] = problems
  if (first) throw refuseInput([first, ...rest])
  return name
}
