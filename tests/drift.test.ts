/** What is committed is what the code says: the schema and the migrations, checked by the project's own commands. */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type GraphQLArgument,
  type GraphQLInputField,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApiSchema } from '../server/graphql/schema.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
let copy: string
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'apm-drift-test-'))
  for (const name of ['server', 'scripts', 'drizzle', 'package.json', 'tsconfig.json', 'schema.graphql']) {
    cpSync(join(root, name), join(copy, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** Runs one check of `npm run check` in the copy. */
function check(name: string): Promise<{ exitCode: number; said: string }> {
  const program = `import('./scripts/check.mjs').then(({ checks }) => checks[${JSON.stringify(name)}]()).then((code) => process.exit(code))`
  return new Promise((resolve) => {
    const options = { cwd: copy, timeout: 60_000 }
    execFile(process.execPath, ['--input-type=module', '-e', program], options, (error, stdout, stderr) => {
      const exitCode = typeof error?.code === 'number' ? error.code : error ? -1 : 0
      resolve({ exitCode, said: stdout + stderr })
    })
  })
}

/** Changes a file of the copy for the time of `work`. */
async function planted<T>(path: string, plant: (text: string) => string, work: () => Promise<T>): Promise<T> {
  const before = readFileSync(join(copy, path), 'utf8')
  const after = plant(before)
  if (after === before) throw new Error(`nothing was planted in ${path}`)
  writeFileSync(join(copy, path), after)
  try {
    return await work()
  } finally {
    writeFileSync(join(copy, path), before)
  }
}

describe('schema.graphql', () => {
  test('is what the code emits', async () => {
    expect(await check('schema drift')).toMatchObject({ exitCode: 0 })
  })

  test('that was edited by hand is caught', async () => {
    const result = await planted(
      'schema.graphql',
      (text) => text.replace('type Query {', 'type Query {\n  shoeSize: Int\n'),
      () => check('schema drift'),
    )
    expect(result).toMatchObject({ exitCode: 1, said: expect.stringContaining('npm run schema') })
  })

  test('that a resolver has left behind is caught', async () => {
    const result = await planted(
      'server/user/user.types.ts',
      (text) => text.replace("'What they are called.'", "'What they like to be called.'"),
      () => check('schema drift'),
    )
    expect(result).toMatchObject({ exitCode: 1, said: expect.stringContaining('npm run schema') })
  })
})

describe('the migrations', () => {
  test('make the tables of the code', async () => {
    expect(await check('migration drift')).toMatchObject({ exitCode: 0 })
  })

  test('that lack a column are caught, and nothing is written into the folder', async () => {
    const result = await planted(
      'server/database/tables.ts',
      (text) =>
        text.replace(
          "  name: text('name').notNull(),",
          "  name: text('name').notNull(),\n  nickname: text('nickname'),",
        ),
      () => check('migration drift'),
    )
    expect(result).toMatchObject({ exitCode: 1, said: expect.stringContaining('npm run migration') })
    expect(await check('migration drift')).toMatchObject({ exitCode: 0 })
  })
})

test('every type, field, input and argument says what it is', async () => {
  const schema = await buildApiSchema()
  const mute: string[] = []
  let seen = 0
  const require = (path: string, { description }: { description?: string | null | undefined }) => {
    seen += 1
    if (!description?.trim()) mute.push(path)
  }
  const own = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith('__'))
  for (const type of own) {
    const isRoot = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(
      type as never,
    )
    const isBuiltIn = ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name)
    if (!isRoot && !isBuiltIn) require(type.name, type)
    if (isEnumType(type) || !(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)))
      continue
    for (const field of Object.values(type.getFields())) {
      require(`${type.name}.${field.name}`, field)
      const taken: readonly (GraphQLArgument | GraphQLInputField)[] = 'args' in field ? field.args : []
      for (const argument of taken) require(`${type.name}.${field.name}(${argument.name})`, argument)
    }
  }
  expect(seen).toBeGreaterThan(200)
  expect(mute).toEqual([])
})
