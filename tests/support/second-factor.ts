/** Second factors of people in tests: an app that shows codes, and one valid call of every mutation about them. */
import { TOTP } from 'otpauth'
import { connectOwner } from '../../server/database/connect.ts'
import type { Call, World } from './calls.ts'
import type { ApiClient, TestServer } from './server.ts'

const mutation = (name: string, type: string, fields: string) =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`
const start = 'mutation { startSecondFactor { secret uri } }'
const enable = mutation('enableSecondFactor', 'EnableSecondFactorInput', 'recoveryCodes')

/** What an app with this secret shows. */
export const shownCode = (secret: string, at: Date): string =>
  new TOTP({ secret }).generate({ timestamp: at.getTime() })

/** Switches on the second factor of whoever `by` is. */
export async function giveSecondFactor(
  server: TestServer,
  by: ApiClient,
): Promise<{ readonly secret: string; readonly recoveryCodes: readonly string[] }> {
  const { secret } = (await by.get(start)).startSecondFactor
  const input = { code: shownCode(secret, server.now()) }
  const { recoveryCodes } = (await by.get(enable, { input })).enableSecondFactor
  return { secret, recoveryCodes }
}

/** By name of the mutation. Whoever calls has none before; who may have none (a script, an agent) is refused. */
export const secondFactorCalls: Readonly<Record<string, (world: World) => Promise<Call>>> = {
  startSecondFactor: async (world) => {
    await forgetAll(world.server)
    return { query: start }
  },
  enableSecondFactor: async (world) => {
    await forgetAll(world.server)
    const secret = (await world.self.send(start)).data?.startSecondFactor.secret
    const code = secret ? shownCode(secret, world.server.now()) : '000000'
    return { query: enable, variables: { input: { code } } }
  },
  renewRecoveryCodes: async (world) => ({
    query: mutation('renewRecoveryCodes', 'SecondFactorProofInput', 'recoveryCodes'),
    variables: { input: { password: world.password, code: await recoveryCode(world) } },
  }),
  disableSecondFactor: async (world) => ({
    query: mutation('disableSecondFactor', 'SecondFactorProofInput', 'user { id }'),
    variables: { input: { password: world.password, code: await recoveryCode(world) } },
  }),
  resetSecondFactor: async ({ server }) => {
    const user = await server.user('regular')
    await giveSecondFactor(server, user)
    return {
      query: mutation('resetSecondFactor', 'UserInput', 'user { id }'),
      variables: { input: { id: user.id } },
    }
  },
}

async function recoveryCode({ server, self }: World): Promise<string> {
  await forgetAll(server)
  const given = await giveSecondFactor(server, self).catch(() => null)
  return given?.recoveryCodes[0] ?? 'nobody’s'
}

/** As if nobody had ever had one. */
async function forgetAll(server: TestServer): Promise<void> {
  const owner = connectOwner(server.database.owner)
  await owner.begin(async (tx) => {
    await tx`alter table second_factors disable trigger audit_guard`
    await tx`delete from second_factors`
    await tx`alter table second_factors enable trigger audit_guard`
  })
  await owner.end()
}
