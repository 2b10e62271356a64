/** What makes a document wrong: every error, named by path, code and a sentence. */
import { parseRange } from './cidr.ts'
import { clientProblems } from './client-problems.ts'
import {
  type ConfigDocument,
  canonicalParentHost,
  limits,
  type ParentProxy,
  type Rule,
} from './config-document.ts'
import { parseDomainName } from './domain-name.ts'
import type { Problem } from './refusal.ts'
import { repeated } from './repeated.ts'
import { checkRouteTests } from './route-test.ts'
import { factsOf, type RuleFacts } from './rule-facts.ts'

/** Problems of a document that is merely unfinished: a draft may have them, a submission may not. */
export const incompleteCodes: ReadonlySet<string> = new Set(['NO_ENABLED_PARENT', 'ROUTE_TEST_FAILED'])

/**
 * Lists what is wrong with a document as typed; an empty list means it can be rendered and approved.
 *
 * Paths count from 0 (`rules.3.value`), rows in sentences from 1. At most `limits.problems` are listed; a last one,
 * MORE_PROBLEMS, counts the rest. Never throws, whatever the values hold. What is wrong within a rule is found once
 * for each rule object, so that checking again after an edit costs little.
 */
export function checkDocument(document: ConfigDocument): Problem[] {
  const problems = allProblems(document)
  if (problems.length <= limits.problems) return problems
  const more = problems.length - limits.problems
  return [
    ...problems.slice(0, limits.problems),
    problem('', 'MORE_PROBLEMS', `There are ${more} more problems.`),
  ]
}

/** The same, with every problem listed: for counting and marking them all. */
export function allProblems(document: ConfigDocument): Problem[] {
  const rules = document.rules.slice(0, limits.rules).map(factsOf)
  return [
    ...checkCounts(document),
    ...checkRules(rules),
    ...checkDuplicateRules(rules),
    ...document.parentProxies.slice(0, limits.parentProxies).flatMap(checkParent),
    ...checkDuplicateParents(document.parentProxies.slice(0, limits.parentProxies)),
    ...checkParentRoutes(document),
    ...clientProblems(document),
    ...checkFailover(document),
    ...checkRouteTests(document.routeTests),
  ]
}

/** The problems of each rule that has any, by the rule's index. */
export function problemsByRule<Found extends Problem>(
  problems: readonly Found[],
): ReadonlyMap<number, readonly Found[]> {
  const byRule = new Map<number, Found[]>()
  for (const each of problems) {
    const index = /^rules\.(\d+)\./.exec(each.path)?.[1]
    if (index === undefined) continue
    const others = byRule.get(Number(index))
    if (others === undefined) byRule.set(Number(index), [each])
    else others.push(each)
  }
  return byRule
}

function checkCounts({ rules, parentProxies, clientRules }: ConfigDocument): Problem[] {
  const counts = [
    ['rules', rules.length, limits.rules, 'TOO_MANY_RULES', 'rules'],
    ['parentProxies', parentProxies.length, limits.parentProxies, 'TOO_MANY_PARENTS', 'parent proxies'],
    ['clientRules', clientRules.length, limits.clientRules, 'TOO_MANY_CLIENT_RULES', 'client rules'],
  ] as const
  return counts
    .filter(([, count, limit]) => count > limit)
    .map(([path, count, limit, code, words]) =>
      problem(path, code, `A config holds at most ${limit} ${words}, not ${count}.`),
    )
}

function checkRules(rules: readonly RuleFacts[]): Problem[] {
  return rules.flatMap(({ problems }, index) =>
    problems.map(({ path, code, message }) => problem(`rules.${index}.${path}`, code, message)),
  )
}

/** A name and the same name exactly are two rules; the same range written two ways is one. */
function checkDuplicateRules(rules: readonly RuleFacts[]): Problem[] {
  const words = { domain: 'the domain', host: 'the host', ip_range: 'the range' }
  const repeats = repeated(rules.map(({ meaning }) => meaning))
  return repeats.map(({ index, earlier, key }) => {
    const [kind, value] = splitOnce(key)
    const what = `${words[kind as Rule['kind']]} ${value}`
    return problem(
      `rules.${index}.value`,
      'DUPLICATE_RULE',
      `Rules ${earlier + 1} and ${index + 1} both name ${what}; only the first could ever match.`,
    )
  })
}

function checkParent({ host, port, priority }: ParentProxy, index: number): Problem[] {
  const at = `parentProxies.${index}`
  return [
    ...checkParentHost(host, `${at}.host`),
    ...checkInteger(port, 65_535, `${at}.port`, 'PORT_OUT_OF_RANGE', 'A port'),
    ...checkInteger(priority, limits.priority, `${at}.priority`, 'PRIORITY_OUT_OF_RANGE', 'A priority'),
  ]
}

/** ATS splits `parent=` at colons, so an IPv6 address can't be written there (9.2 and 10.x). */
function checkParentHost(host: string, path: string): Problem[] {
  const name = parseDomainName(host)
  if (name.ok) return []
  const address = parseRange(host.replace(/^\[(.*)\]$/, '$1'))
  if (address.ok && address.range.first === address.range.last && !host.includes('/')) {
    if (!host.includes(':')) return []
    return [
      problem(
        path,
        'PARENT_HOST_MALFORMED',
        'ATS takes no IPv6 address for a parent: use a name that resolves to it.',
      ),
    ]
  }
  return [
    problem(
      path,
      'PARENT_HOST_MALFORMED',
      name.code === 'ADDRESS_AS_DOMAIN' ? 'A parent is one name or one IPv4 address.' : name.message,
    ),
  ]
}

function checkDuplicateParents(parents: readonly ParentProxy[]): Problem[] {
  const addresses = repeated(parents.map(({ host, port }) => `${canonicalParentHost(host)}:${port}`))
  const priorities = repeated(parents.map(({ priority }) => String(priority)))
  return [
    ...addresses.map(({ index, earlier, key }) =>
      problem(
        `parentProxies.${index}.host`,
        'DUPLICATE_PARENT',
        `Parents ${earlier + 1} and ${index + 1} are both ${key}.`,
      ),
    ),
    ...priorities.map(({ index, earlier, key }) =>
      problem(
        `parentProxies.${index}.priority`,
        'DUPLICATE_PRIORITY',
        `Parents ${earlier + 1} and ${index + 1} both have priority ${key}.`,
      ),
    ),
  ]
}

/** ATS drops a line that names no parent, and its traffic then goes direct: refused here instead. */
function checkParentRoutes({ rules, parentProxies, defaultAction }: ConfigDocument): Problem[] {
  if (parentProxies.some((parent) => parent.enabled)) return []
  const message = 'This sends traffic to the parents, and no parent is enabled.'
  const first = rules.findIndex((rule) => rule.enabled && rule.action === 'parent')
  return [
    ...(first >= 0 ? [problem(`rules.${first}.action`, 'NO_ENABLED_PARENT', message)] : []),
    ...(defaultAction === 'parent' ? [problem('defaultAction', 'NO_ENABLED_PARENT', message)] : []),
  ]
}

function checkFailover({ failover }: ConfigDocument): Problem[] {
  const fields = [
    ['failThreshold', 'FAIL_THRESHOLD_OUT_OF_RANGE', 'The threshold'],
    ['retrySeconds', 'RETRY_SECONDS_OUT_OF_RANGE', 'The retry time in seconds'],
    ['connectTimeoutSeconds', 'CONNECT_TIMEOUT_OUT_OF_RANGE', 'The connect timeout in seconds'],
  ] as const
  return fields.flatMap(([field, code, subject]) =>
    checkInteger(failover[field], limits[field], `failover.${field}`, code, subject),
  )
}

function checkInteger(value: number, last: number, path: string, code: string, subject: string): Problem[] {
  if (Number.isInteger(value) && value >= 1 && value <= last) return []
  return [problem(path, code, `${subject} is a whole number from 1 to ${last}.`)]
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(' ')
  return [text.slice(0, at), text.slice(at + 1)]
}

function problem(path: string, code: string, message: string): Problem {
  return { path, code, message }
}
