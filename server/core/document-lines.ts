/** Where each part of a document stands in its text, and what the text calls it. */
import type { Failover } from './config-document.ts'

/** The lines of everything that was written or read; lines count from 1. */
export interface DocumentLines {
  defaultAction: number
  failover: Map<keyof Failover, number>
  headings: Map<SectionName, number>
  parentProxies: number[]
  clientRules: number[]
  routeTests: number[]
  rules: number[]
}

export type ListName = 'parentProxies' | 'clientRules' | 'routeTests' | 'rules'

export type SectionName = ListName | 'failover'

/** What each list is called in the text. */
export const headings = [
  ['parents', 'parentProxies'],
  ['clients', 'clientRules'],
  ['tests', 'routeTests'],
  ['rules', 'rules'],
] as const satisfies readonly (readonly [string, ListName])[]

/** What each failover setting is called in the text, in the order in which they are written. */
export const failoverNames = [
  ['selection', 'selection'],
  ['fail-threshold', 'failThreshold'],
  ['retry-seconds', 'retrySeconds'],
  ['connect-timeout-seconds', 'connectTimeoutSeconds'],
  ['direct-when-all-down', 'directWhenAllDown'],
] as const satisfies readonly (readonly [string, keyof Failover])[]

export function noLines(): DocumentLines {
  return {
    defaultAction: 0,
    failover: new Map(),
    headings: new Map(),
    parentProxies: [],
    clientRules: [],
    routeTests: [],
    rules: [],
  }
}

/** The line of what a problem's path names; the first line for what stands nowhere. */
export function lineOf(lines: DocumentLines, path: string): number {
  const [part = '', member = ''] = path.split('.')
  if (part === 'defaultAction') return lines.defaultAction || 1
  if (part === 'failover') return lines.failover.get(member as keyof Failover) ?? 1
  if (part !== 'parentProxies' && part !== 'clientRules' && part !== 'routeTests' && part !== 'rules')
    return 1
  return (member === '' ? undefined : lines[part][Number(member)]) ?? lines.headings.get(part) ?? 1
}
