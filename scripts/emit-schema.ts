/** Writes schema.graphql from the code. */
import { writeFileSync } from 'node:fs'
import { printApiSchema } from '../server/graphql/schema.ts'

writeFileSync(new URL('../schema.graphql', import.meta.url), await printApiSchema())
