/** The instance's settings. */
import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import type { Context } from '../graphql/context.ts'
import { permit } from '../permit.ts'
import { readSettings } from './settings.read.ts'
import { Settings, SettingsPayload, UpdateSettingsInput } from './settings.types.ts'
import { updateSettings } from './update.ts'

@Resolver()
export class SettingsResolver {
  @Query(() => Settings, { description: 'The instance’s settings.' })
  settings(@Ctx() { op }: Context): Promise<Settings> {
    permit(op, 'fleet.read')
    return readSettings(op.read)
  }

  @Mutation(() => SettingsPayload, { description: 'Changes the instance’s settings; for root.' })
  async updateSettings(
    @Ctx() { op }: Context,
    @Arg('input', () => UpdateSettingsInput) input: UpdateSettingsInput,
  ): Promise<SettingsPayload> {
    return { settings: await updateSettings(op, input) }
  }
}
