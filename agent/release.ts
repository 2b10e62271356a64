/** Gives a host back: what it had before the first apply is in place and in force again. */
import { type ApplyParts, restore } from './apply.ts'
import { repair } from './reconcile.ts'
import { createHold, inPassing } from './taken-out.ts'

/**
 * Needs no server. Null when all is well, or nothing was ever applied here; else why not, as a sentence: then
 * nothing is forgotten, and it can be tried again.
 */
export async function release(parts: ApplyParts): Promise<string | null> {
  const { memory } = parts
  await repair(parts)
  await createHold({ ...parts, ...inPassing }).hold([])
  if (!memory.state.hasApplied) return null
  const originals = await memory.readOriginals()
  if (originals === null) return 'no originals were kept: an older agent took this host over.'
  const trouble = await restore(originals, parts)
  if (trouble === null) await memory.forgetOriginals()
  return trouble
}
