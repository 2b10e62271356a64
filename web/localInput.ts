/** Instants as fields of date and time have them: `2026-11-20T10:15`, in the reader's own zone. */

const minuteMs = 60_000

/** To the minute; seconds only where there are some. What is no instant is an empty field. */
export function localInput(at: string | null | undefined): string {
  const date = new Date(at ?? Number.NaN)
  if (Number.isNaN(date.getTime())) return ''
  const local = new Date(date.getTime() - date.getTimezoneOffset() * minuteMs).toISOString()
  return local.slice(0, local.endsWith(':00.000Z') ? 16 : -1)
}

/** Null: the field is empty. */
export function fromLocalInput(value: string): string | null {
  return value === '' ? null : new Date(value).toISOString()
}
