/** How fast files of ATS are read into a document: damaged lines of all kinds, and one large file without faults. */
import { importFiles } from '../../server/core/import-files.ts'
import { mutatedFile, mutatedFiles, randomNumbers } from '../../tests/support/mutated-lines.ts'

const wanted = Number(process.env.BENCH_LINES ?? 1_000_000)
/** One fault spoils a whole YAML file, so those are short. */
const linesPerFile = (name: string) => (name === 'parent.config' ? 1_000 : 10)
const say = (line = '') => process.stdout.write(`${line}\n`)

const damaged = readDamaged()
const clean = readClean()
say(`damaged lines            ${damaged.lines}`)
say(`  a second               ${damaged.perSecond}`)
say(`  longest file, ms       ${damaged.longestMs}`)
say(`  findings               ${damaged.findings}`)
say(`40,000 rules in a file, ms ${clean.ms}`)
say(JSON.stringify({ bench: 'import', damaged, clean }))

/** Two files of three are YAML; a throw ends the bench. */
function readDamaged() {
  const random = randomNumbers(5)
  let lines = 0
  let findings = 0
  let spentMs = 0
  let longestMs = 0
  while (lines < wanted) {
    const name = mutatedFiles[random(mutatedFiles.length)] ?? 'parent.config'
    const content = mutatedFile(name, linesPerFile(name), random)
    const startedAt = performance.now()
    findings += importFiles([{ name, content }]).findings.length
    const tookMs = performance.now() - startedAt
    spentMs += tookMs
    longestMs = Math.max(longestMs, tookMs)
    lines += linesPerFile(name)
  }
  const perSecond = Math.round((lines / spentMs) * 1_000)
  return { lines, findings, perSecond, longestMs: Math.round(longestMs) }
}

function readClean() {
  const lines = Array.from({ length: 40_000 }, (_, index) =>
    index % 2 === 0
      ? `dest_domain=d${index}.corp.example go_direct=true`
      : `dest_ip=10.${(index >> 8) & 255}.${index & 255}.0/24 parent="p1.example:3128" go_direct=false`,
  )
  const content = [...lines, 'dest_domain=. parent="p1.example:3128" go_direct=false'].join('\n')
  const startedAt = performance.now()
  const { document } = importFiles([{ name: 'parent.config', content }])
  return { rules: document.rules.length, ms: Math.round(performance.now() - startedAt) }
}
