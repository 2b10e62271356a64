/** Writes schema.graphql from the code; with --check it only compares. */
import { readFileSync, writeFileSync } from 'node:fs'
import { printApiSchema } from '../server/graphql/schema.ts'

const path = new URL('../schema.graphql', import.meta.url)
const schema = await printApiSchema()
if (!process.argv.includes('--check')) {
  writeFileSync(path, schema)
} else if (readFileSync(path, 'utf8') !== schema) {
  process.stderr.write('schema.graphql is not what the code says: run "npm run schema" and commit it.\n')
  process.exit(1)
}
