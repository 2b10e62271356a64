/** `npm run check`: types, lint and format, schema drift, migration drift; no tests. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureDependencies, root, run } from './setup.mjs'

const bin = (name) => join(root, 'node_modules', '.bin', name)

export const checks = {
  types: () => run(bin('tsc'), ['--noEmit', '-p', '.']),
  'lint and format': () => run(bin('biome'), ['ci', '--colors=off', '--error-on-warnings', '.']),
  'schema drift': () => run(process.execPath, ['--import', 'tsx', 'scripts/emit-schema.ts', '--check']),
  'web types drift': webTypesDrift,
  'migration drift': migrationDrift,
}

/** The web app's operations are typed from schema.graphql; its types are committed, so that editors need no build. */
async function webTypesDrift() {
  const copy = mkdtempSync(join(tmpdir(), 'apm-tada-'))
  try {
    const generated = join(copy, 'graphql-env.d.ts')
    const failed = await run(bin('gql.tada'), ['generate-output', '--output', generated], { quiet: true })
    if (failed) return failed
    if (readFileSync(generated, 'utf8') === readFileSync(join(root, 'web', 'graphql-env.d.ts'), 'utf8'))
      return 0
    process.stderr.write(
      'web/graphql-env.d.ts is behind schema.graphql: run "npm run schema" and commit it.\n',
    )
    return 1
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** The tables must need no migration that is not committed: generating into a copy writes nothing new. */
async function migrationDrift() {
  const copy = mkdtempSync(join(tmpdir(), 'apm-drift-'))
  try {
    cpSync(join(root, 'drizzle'), copy, { recursive: true })
    const before = readdirSync(copy).length
    const args = ['generate', '--dialect', 'postgresql', '--schema', 'server/database/tables.ts']
    const failed = await run(bin('drizzle-kit'), [...args, '--out', relative(root, copy)], { quiet: true })
    if (failed) return failed
    if (readdirSync(copy).length === before) return 0
    process.stderr.write(
      'The tables have changed: run "npm run migration -- --name what_changed" and commit it.\n',
    )
    return 1
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensureDependencies((line) => process.stdout.write(`${line}\n`))
  let failures = 0
  for (const [name, check] of Object.entries(checks)) {
    const failed = await check()
    process.stdout.write(`${failed ? 'FAILED' : 'ok    '} ${name}\n`)
    if (failed) failures += 1
  }
  process.exit(failures === 0 ? 0 : 1)
}
