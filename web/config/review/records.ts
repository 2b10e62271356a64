/** The ATS records of two versions, compared by name. */

export interface OwnedRecord {
  readonly name: string
  readonly type: string
  readonly value: string
}

export interface RecordChange {
  readonly name: string
  /** Null: it was not set. */
  readonly before: OwnedRecord | null
  /** Null: it is set no more. */
  readonly after: OwnedRecord | null
}

/** By name; those that are equal are left out. */
export function changedRecords(
  before: readonly OwnedRecord[],
  after: readonly OwnedRecord[],
): readonly RecordChange[] {
  const [old, fresh] = [byName(before), byName(after)]
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort()
  return names.flatMap((name) => {
    const change = { name, before: old.get(name) ?? null, after: fresh.get(name) ?? null }
    const isSame = change.before?.value === change.after?.value && change.before?.type === change.after?.type
    return isSame ? [] : [change]
  })
}

function byName(records: readonly OwnedRecord[]): ReadonlyMap<string, OwnedRecord> {
  return new Map(records.map((record) => [record.name, record]))
}
