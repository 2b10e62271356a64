/** Makes a mismatch small by trying on the real ATS: fewest rules, plainest document, simplest request. */
import { type ConfigDocument, defaultFailover, type Rule } from '#core/config-document'
import { checkDocument } from '#core/rules'
import type { AtsDirectory } from './ats-run.ts'
import { disagreement, type Model, matchingRules } from './compare.ts'
import type { Situation } from './documents.ts'
import type { Asked } from './requests.ts'
import type { Mismatch } from './run.ts'
import { send } from './send.ts'
import type { World } from './world.ts'

export interface Shrunk extends Mismatch {
  /** How often ATS was started for it. */
  readonly starts: number
}

/**
 * The smallest case found that the model still gets wrong. `directories` are used side by side; each try costs one
 * start, a few dozen in all. No further try begins after `timeLimitMs`.
 */
export async function shrinkMismatch(
  world: World,
  directories: readonly AtsDirectory[],
  model: Model,
  found: Mismatch,
  timeLimitMs = 120_000,
): Promise<Shrunk> {
  const deadline = Date.now() + timeLimitMs
  let best = found
  let starts = 0

  /** The first candidate that is still wrong becomes the best; tried in groups, one for each directory. */
  const adopt = async (candidates: readonly ConfigDocument[]): Promise<boolean> => {
    const valid = candidates.filter((document) => checkDocument(document).length === 0)
    for (let at = 0; at < valid.length && Date.now() < deadline; at += directories.length) {
      const group = valid.slice(at, at + directories.length)
      starts += group.length
      const tried = await Promise.all(
        group.map((document, index) => {
          const directory = directories[index]
          const situation = { ...best.situation, document }
          return directory ? tryRequests(world, directory, model, situation, [best.asked]) : null
        }),
      )
      const wrong = tried.find((mismatch) => mismatch !== null)
      if (wrong) {
        best = wrong
        return true
      }
    }
    return false
  }

  const simplifyRequest = async () => {
    const [directory] = directories
    if (directory === undefined || Date.now() >= deadline) return
    starts += 1
    best = (await tryRequests(world, directory, model, best.situation, simplerRequests(best.asked))) ?? best
  }

  await simplifyRequest()
  const plain = plainest(best.situation.document)
  await adopt([{ ...plain, rules: rulesAbout(plain, best.asked) }, plain])
  for (let size = Math.ceil(best.situation.document.rules.length / 2); size >= 1; ) {
    const { document } = best.situation
    const isSmaller = await adopt(withoutParts(document.rules, size).map((rules) => ({ ...document, rules })))
    if (isSmaller) size = Math.min(size, best.situation.document.rules.length)
    else size = size === 1 ? 0 : Math.ceil(size / 2)
    if (best.situation.document.rules.length === 0) break
  }
  for (const simplify of simplifications) await adopt([simplify(best.situation.document)])
  await simplifyRequest()
  return { ...best, starts }
}

/** Sends the requests until one goes otherwise than the model says; null when none does. */
async function tryRequests(
  world: World,
  directory: AtsDirectory,
  model: Model,
  situation: Situation,
  requests: readonly Asked[],
): Promise<Mismatch | null> {
  const ats = await directory.start(situation)
  try {
    for (const asked of requests) {
      const said = model(situation, asked)
      const reached = await send(ats.port, asked)
      const why = disagreement(situation, asked, said, reached, world)
      if (why !== null) return { situation, asked, said, reached, why, after: 'start' }
    }
    return null
  } finally {
    await ats.stop()
  }
}

/** Those that hold for the host, disabled ones too: seldom do others matter. */
function rulesAbout(document: ConfigDocument, asked: Asked): Rule[] {
  const all = { ...document, rules: document.rules.map((rule) => ({ ...rule, enabled: true })) }
  const ids = new Set(matchingRules(all, asked).map(({ id }) => id))
  return document.rules.filter(({ id }) => ids.has(id))
}

/** Every list without one of its parts, of `size` items each. */
function withoutParts(rules: readonly Rule[], size: number): Rule[][] {
  const count = Math.ceil(rules.length / size)
  return Array.from({ length: count }, (_, part) =>
    rules.filter((_, index) => Math.floor(index / size) !== part),
  )
}

const simplifications: readonly ((document: ConfigDocument) => ConfigDocument)[] = [
  (document) => ({ ...document, clientRules: [] }),
  (document) => ({ ...document, failover: defaultFailover }),
  (document) => ({
    ...document,
    parentProxies: document.parentProxies.filter(({ enabled }) => enabled).slice(0, 1),
  }),
  (document) => ({ ...document, parentProxies: [] }),
]

function plainest(document: ConfigDocument): ConfigDocument {
  return simplifications.slice(0, 3).reduce((plainer, simplify) => simplify(plainer), document)
}

/** The simplest first, the request itself last. */
function simplerRequests(asked: Asked): Asked[] {
  const authority = asked.hostHeader
  const plain: Asked = {
    ...asked,
    url: asked.method === 'GET' ? `http://${authority}/` : authority,
    spelling: asked.host.includes(':')
      ? 'plain IPv6'
      : /^[\d.]+$/.test(asked.host)
        ? 'plain IPv4'
        : 'plain name',
  }
  return [plain, asked]
    .flatMap((each) => [asGet(each), each])
    .flatMap((each) => [{ ...each, clientAddress: '127.0.0.1' }, each])
    .flatMap((each) => [{ ...each, isAddressTold: true }, each])
}

function asGet(asked: Asked): Asked {
  if (asked.method === 'GET') return asked
  return { ...asked, method: 'GET', url: `http://${asked.url}/` }
}
