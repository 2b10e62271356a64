/** The caller's API tokens. */
import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import type { Context } from '../graphql/context.ts'
import { readApiTokens } from './api-token.read.ts'
import { createApiToken } from './create-api-token.ts'
import { revokeApiToken } from './revoke-api-token.ts'
import {
  ApiToken,
  ApiTokenPayload,
  CreateApiTokenInput,
  CreateApiTokenPayload,
  RevokeApiTokenInput,
} from './user.types.ts'

@Resolver()
export class ApiTokenResolver {
  @Query(() => [ApiToken], { description: 'The caller’s own API tokens, newest first, at most 200.' })
  apiTokens(@Ctx() { op }: Context): Promise<readonly ApiToken[]> {
    return readApiTokens(op)
  }

  @Mutation(() => CreateApiTokenPayload, { description: 'Makes an API token for the caller’s scripts.' })
  createApiToken(
    @Ctx() { op }: Context,
    @Arg('input', () => CreateApiTokenInput) input: CreateApiTokenInput,
  ): Promise<CreateApiTokenPayload> {
    return createApiToken(op, input)
  }

  @Mutation(() => ApiTokenPayload, { description: 'Revokes one of the caller’s API tokens, at once.' })
  async revokeApiToken(
    @Ctx() { op }: Context,
    @Arg('input', () => RevokeApiTokenInput) input: RevokeApiTokenInput,
  ): Promise<ApiTokenPayload> {
    return { apiToken: await revokeApiToken(op, input) }
  }
}
