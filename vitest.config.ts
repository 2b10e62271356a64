import solid from 'vite-plugin-solid'
import { defineConfig } from 'vitest/config'

/** Vite would resolve graphql's .mjs beside the CommonJS copy that TypeGraphQL loads: two realms. */
const oneGraphql = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }

export default defineConfig({
  test: {
    projects: [
      {
        resolve: oneGraphql,
        test: {
          name: 'core',
          environment: 'node',
          include: ['server/core/**/*.test.ts'],
        },
      },
      {
        resolve: oneGraphql,
        test: {
          name: 'server',
          environment: 'node',
          include: ['server/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: [
            'server/core/**',
            'tests/ats-*.test.ts',
            'tests/failover-*.test.ts',
            'tests/browser-*.test.ts',
            'tests/demo-*.test.ts',
            'tests/truth.test.ts',
          ],
          globalSetup: ['tests/support/global-database.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: oneGraphql,
        test: {
          name: 'agent',
          environment: 'node',
          include: [
            'agent/**/*.test.ts',
            'scripts/**/*.test.ts',
            'tests/{ats,failover}-*.test.ts',
            'tests/truth.test.ts',
          ],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [solid()],
        test: {
          name: 'web',
          environment: 'jsdom',
          include: ['web/**/*.test.{ts,tsx}'],
          setupFiles: ['tests/support/texts.ts'],
        },
      },
      {
        resolve: oneGraphql,
        test: {
          name: 'whole',
          environment: 'node',
          include: ['tests/browser-*.test.ts', 'tests/demo-*.test.ts'],
          globalSetup: ['tests/support/global-database.ts'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
})
