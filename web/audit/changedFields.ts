/** The stored old and new value of an audit entry, as one line for each field that differs. */

export interface ChangedField {
  readonly name: string
  /** Undefined: there was none. */
  readonly before: string | undefined
  readonly after: string | undefined
}

/** Longer values are cut: the entry's purpose on the page is to be read. */
const longestText = 600

export function changedFields(oldValue: unknown, newValue: unknown): readonly ChangedField[] {
  const before = fieldsOf(oldValue)
  const after = fieldsOf(newValue)
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.flatMap((name) => {
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) return []
    const field = { name, before: textOf(before[name]), after: textOf(after[name]) }
    return field.before === undefined && field.after === undefined ? [] : [field]
  })
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.length === 0) return undefined
  const text = inWords(value)
  if (text === '') return undefined
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text
}

/** Lists by semicolons, objects as `key: value` by commas: readable without brackets. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join('; ')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([key, part]) => `${key}: ${inWords(part)}`)
    .join(', ')
}
