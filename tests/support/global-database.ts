/** One real PostgreSQL for the whole test run, with a migrated template that every test file clones. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../server/database/embedded.ts'
import { ensureDatabase, migrateDatabase } from '../../server/database/migrate.ts'

export interface TestCluster {
  readonly directory: string
  readonly port: number
  readonly ownerUser: string
  readonly applicationUser: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: TestCluster
  }
}

export const templateName = 'template_apm'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'apm-test-'))
  const postgres = await startEmbeddedPostgres({
    directory: join(home, 'postgres'),
    settings: { fsync: 'off', synchronous_commit: 'off' },
  })
  const { socketDirectory: directory, port, ownerUser, applicationUser } = postgres
  const owner = { kind: 'socket', directory, port, database: templateName, user: ownerUser } as const
  await ensureDatabase(owner)
  await migrateDatabase(owner, { ...owner, user: applicationUser })
  project.provide('cluster', { directory, port, ownerUser, applicationUser })
  return async () => {
    await postgres.stop()
    await rm(home, { recursive: true, force: true })
  }
}
