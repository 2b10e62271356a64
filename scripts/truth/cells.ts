/** How many decisions of each kind a run has seen: what decided, which way, by which method, in which spelling. */
import type { RouteExplanation } from '#core/route'
import type { Asked } from './requests.ts'
import { type Spelling, spellings } from './spelling.ts'

/** What decided: a rule of a kind, the default action, the odd spelling, or nothing of the document's routing. */
export type Decider = (typeof deciders)[number]
const deciders = ['domain', 'host', 'ip_range', 'default', 'odd spelling', 'none'] as const

type Verdict = RouteExplanation['verdict']
const verdicts: readonly Verdict[] = ['direct', 'parent', 'denied', 'depends_on_address']
const methods = ['GET', 'CONNECT'] as const

export type Cell = `${Decider} | ${Verdict} | ${Asked['method']} | ${Spelling}`

export function cellOf(asked: Asked, said: RouteExplanation): Cell {
  return `${deciderOf(said)} | ${said.verdict} | ${asked.method} | ${asked.spelling}`
}

export function verdictOf(cell: Cell): Verdict {
  return verdicts.find((verdict) => cell.split(' | ')[1] === verdict) ?? 'direct'
}

interface CellParts {
  readonly decider: Decider
  readonly method: Asked['method']
  readonly verdict: Verdict
  readonly spelling: Spelling
}

/** Cells that no request can fall into, and why; a decision that does is counted all the same. */
const impossible: readonly { readonly why: string; readonly holds: (cell: CellParts) => boolean }[] = [
  {
    why: 'ATS refuses bytes beyond ASCII (400) before it routes',
    holds: ({ decider, verdict, spelling }) =>
      spelling === 'U-label' && (decider !== 'none' || verdict !== 'denied'),
  },
  {
    why: 'a tunnel is asked for by host and port, without scheme or query',
    holds: ({ method, spelling }) => method === 'CONNECT' && wholeUrls.has(spelling),
  },
  {
    why: 'an address has no name that a name rule could match',
    holds: ({ decider, spelling }) => isName(decider) && onlyAddresses.has(spelling),
  },
  {
    why: 'a name with a final dot matches no name rule',
    holds: ({ decider, spelling }) => isName(decider) && spelling === 'final dot',
  },
  {
    why: 'these spellings are not odd',
    holds: ({ decider, spelling }) => decider === 'odd spelling' && !oddOnes.has(spelling),
  },
  {
    why: 'an odd spelling goes to the parents, whose addresses are allowed',
    holds: ({ decider, verdict }) => decider === 'odd spelling' && verdict !== 'parent',
  },
  {
    why: 'what depends on the address has no decider yet, is a name, and is not odd, since such a document has both routes',
    holds: ({ decider, verdict, spelling }) =>
      verdict === 'depends_on_address' &&
      (decider !== 'none' || alwaysOdd.has(spelling) || onlyAddresses.has(spelling)),
  },
  {
    why: 'with nothing to decide it, an address goes direct only if it is 127.0.0.1, written so',
    holds: ({ decider, verdict, spelling }) =>
      decider === 'none' && verdict === 'direct' && onlyAddresses.has(spelling) && spelling !== 'plain IPv4',
  },
  {
    why: 'with nothing to decide it, no address goes to a parent',
    holds: ({ decider, verdict, spelling }) =>
      decider === 'none' && verdict === 'parent' && onlyAddresses.has(spelling),
  },
]

const onlyAddresses: ReadonlySet<Spelling> = new Set(['plain IPv4', 'plain IPv6', 'IPv4 form', 'IPv6 form'])
const wholeUrls: ReadonlySet<Spelling> = new Set(['scheme', 'bare query'])
/** In a document with both routes; an escaped user name is odd or not, by what it stands for. */
const alwaysOdd: ReadonlySet<Spelling> = new Set([
  'capitals',
  'final dot',
  'IPv4 form',
  'scheme',
  'bare query',
])
const oddOnes: ReadonlySet<Spelling> = new Set([...alwaysOdd, 'IPv6 form', 'escapes'])

function isName(decider: Decider): boolean {
  return decider === 'domain' || decider === 'host'
}

/** Every cell, with the reason for those that can't exist. */
export function allCells(): { readonly cell: Cell; readonly impossible: string | null }[] {
  return deciders.flatMap((decider) =>
    verdicts.flatMap((verdict) =>
      methods.flatMap((method) =>
        spellings.map((spelling) => ({
          cell: `${decider} | ${verdict} | ${method} | ${spelling}` as const,
          impossible:
            impossible.find(({ holds }) => holds({ decider, method, verdict, spelling }))?.why ?? null,
        })),
      ),
    ),
  )
}

function deciderOf({ rule, reasons }: RouteExplanation): Decider {
  if (rule !== null) return rule.kind
  for (const reason of reasons) {
    // A rule decided that it goes direct, before the destination was refused.
    if (reason.code === 'NAME_MATCHES' || reason.code === 'ADDRESS_MATCHES') return reason.kind
    if (reason.code === 'ODD_SPELLING') return 'odd spelling'
    if (reason.code === 'DEFAULT_DECIDES') return 'default'
  }
  return 'none'
}
