/** An address of nothing. */
import { Missing } from '../Missing.tsx'

export function NotFound() {
  return <Missing kind="page" />
}
