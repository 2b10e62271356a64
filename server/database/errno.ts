/** Which failures of the file system are answers and not errors. */
import { access } from 'node:fs/promises'

export function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, unlessMissing(false))
}

export function unlessMissing<T>(fallback: T): (cause: unknown) => T {
  return (cause) => {
    unlessCode('ENOENT')(cause)
    return fallback
  }
}

export function unlessCode(...codes: string[]): (cause: unknown) => void {
  return (cause) => {
    if (!(cause instanceof Error && 'code' in cause && codes.includes(String(cause.code)))) throw cause
  }
}
