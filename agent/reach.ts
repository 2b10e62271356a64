/**
 * Whether any parent of what ATS runs can be reached from here. A config whose parents are all dead loads like any other,
 * and ATS learns of it only by requests that fail.
 */
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type LineParent, parseParentConfigLine } from '#core/ats/parent-config-line'
import type { AtsPlace } from './ats-place.ts'
import type { Finding } from './doctor.ts'
import { reasonOf } from './log.ts'

const answerMs = 2_000
/** A config has a few; each is one connection, opened and closed again. */
const mostAsked = 16

/** Null: the file on the disk names none. Asks for a connection, and says nothing over it. */
export async function parentsFinding({ configDir }: Pick<AtsPlace, 'configDir'>): Promise<Finding | null> {
  const text = await readFile(join(configDir, 'parent.config'), 'utf8').catch(() => '')
  return findingOf(parentsIn(text))
}

/**
 * The same for an agent that runs: asks when the file has changed, and on while nobody could be reached. A whole fleet
 * must not knock at its parents each minute; what becomes of them later ATS tells.
 */
export function createParentsCheck({
  configDir,
}: Pick<AtsPlace, 'configDir'>): () => Promise<Finding | null> {
  let checked: { readonly text: string; readonly isDead: boolean } | null = null
  return async () => {
    const text = await readFile(join(configDir, 'parent.config'), 'utf8').catch(() => '')
    if (checked !== null && checked.text === text && !checked.isDead) return null
    const found = await findingOf(parentsIn(text))
    checked = { text, isDead: found !== null && found.remedy !== null }
    return found
  }
}

/** The parents that a parent.config names, each once. A hundred thousand lines name the same few. */
export function parentsIn(text: string): readonly LineParent[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const distinct = new Map(lines.map((line) => [/\bparent=\S+/.exec(line)?.[0] ?? '', line]))
  const parents = [...distinct.values()].flatMap((line) => {
    const read = parseParentConfigLine(line)
    return read.ok ? read.line.parents : []
  })
  return [...new Map(parents.map((parent) => [`${parent.host}:${parent.port}`, parent])).values()]
}

async function findingOf(parents: readonly LineParent[]): Promise<Finding | null> {
  if (parents.length === 0) return null
  const asked = await Promise.all(
    parents.slice(0, mostAsked).map(async (parent) => ({ parent, fault: await faultOf(parent) })),
  )
  const dead = asked.filter(({ fault }) => fault !== null)
  const what = 'parents'
  if (dead.length < asked.length) {
    const says = `${asked.length - dead.length} of ${asked.length} parents take connections from here.`
    return { what, says, remedy: null }
  }
  const names = dead.map(({ parent, fault }) => `${parent.host}:${parent.port} (${fault})`)
  return {
    what,
    says: `No parent of what this proxy runs takes connections from here: ${names.join(', ')}.`,
    remedy:
      'See to the parents, and to the way from this host to them. Until then what goes to the parents fails, or goes direct where the config says so.',
  }
}

function faultOf({ host, port }: LineParent): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (fault: string | null) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(fault)
    }
    const timer = setTimeout(() => end(`no answer within ${answerMs / 1_000} s`), answerMs)
    socket.once('connect', () => end(null))
    socket.once('error', (error) => end(reasonOf(error)))
  })
}
