/** Which warnings a reviewer has ticked: per kind, and only for exactly the warnings that were there. */
import { createMemo, createSignal } from 'solid-js'
import type { ReviewChecks } from './queries.ts'

export type Warning = ReviewChecks['warnings'][number]

/** All warnings of one kind. */
export interface WarningGroup {
  readonly code: string
  readonly warnings: readonly Warning[]
}

export interface Acknowledgement {
  readonly groups: () => readonly WarningGroup[]
  readonly isTicked: (group: WarningGroup) => boolean
  readonly tick: (group: WarningGroup, isTicked: boolean) => void
  /** Kinds that are still to be ticked. */
  readonly missing: () => number
  /** What goes into the audit trail. */
  readonly codes: () => readonly string[]
}

/** @param contentKey what the warnings are about; after an edit everything is to be ticked again */
export function createAcknowledgement(
  warnings: () => readonly Warning[],
  contentKey: () => string,
): Acknowledgement {
  const groups = createMemo(() => groupByCode(warnings()))
  const [ticked, setTicked] = createSignal<ReadonlySet<string>>(new Set<string>())
  const keyOf = ({ code, warnings }: WarningGroup) =>
    JSON.stringify([contentKey(), code, warnings.map(({ path, message, more }) => [path, message, more])])
  const isTicked = (group: WarningGroup) => ticked().has(keyOf(group))
  return {
    groups,
    isTicked,
    tick: (group, isNowTicked) =>
      setTicked((known) => {
        const next = new Set(known)
        if (isNowTicked) next.add(keyOf(group))
        else next.delete(keyOf(group))
        return next
      }),
    missing: () => groups().filter((group) => !isTicked(group)).length,
    codes: () =>
      groups()
        .filter(isTicked)
        .map(({ code }) => code),
  }
}

function groupByCode(warnings: readonly Warning[]): readonly WarningGroup[] {
  const byCode = new Map<string, Warning[]>()
  for (const warning of warnings) {
    const known = byCode.get(warning.code)
    if (known) known.push(warning)
    else byCode.set(warning.code, [warning])
  }
  return [...byCode].map(([code, list]) => ({ code, warnings: list }))
}
