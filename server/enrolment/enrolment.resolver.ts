/** Enrolment tokens, and the agents that use them. */
import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import { configById } from '../config/config.read.ts'
import { Config } from '../config/config.types.ts'
import type { Context } from '../graphql/context.ts'
import { permit } from '../permit.ts'
import { usersById } from '../user/user.read.ts'
import { User } from '../user/user.types.ts'
import { createEnrolmentToken } from './create-token.ts'
import { enrolAgent } from './enrol-agent.ts'
import { readEnrolmentTokens } from './enrolment.read.ts'
import {
  CreateEnrolmentTokenInput,
  CreateEnrolmentTokenPayload,
  EnrolAgentInput,
  EnrolAgentPayload,
  EnrolmentToken,
  EnrolmentTokenPayload,
  RevokeEnrolmentTokenInput,
} from './enrolment.types.ts'
import { revokeEnrolmentToken } from './revoke-token.ts'

@Resolver(() => EnrolmentToken)
export class EnrolmentResolver {
  @Query(() => [EnrolmentToken], { description: 'Enrolment tokens, newest first, at most 200.' })
  enrolmentTokens(@Ctx() { op }: Context): Promise<readonly EnrolmentToken[]> {
    permit(op, 'fleet.read')
    return readEnrolmentTokens(op)
  }

  @FieldResolver(() => Config, { nullable: true, description: 'The config that its proxies follow.' })
  async config(@Ctx() { op }: Context, @Root() token: EnrolmentToken) {
    return token.configId === null ? null : op.load(configById, token.configId)
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who made it.' })
  async createdBy(@Ctx() { op }: Context, @Root() token: EnrolmentToken) {
    return token.createdBy === null ? null : op.load(usersById, token.createdBy)
  }

  @Mutation(() => CreateEnrolmentTokenPayload, { description: 'Makes an enrolment token.' })
  createEnrolmentToken(
    @Ctx() { op }: Context,
    @Arg('input', () => CreateEnrolmentTokenInput) input: CreateEnrolmentTokenInput,
  ): Promise<CreateEnrolmentTokenPayload> {
    return createEnrolmentToken(op, input)
  }

  @Mutation(() => EnrolmentTokenPayload, {
    description: 'Revokes an enrolment token; proxies enrolled with it stay.',
  })
  async revokeEnrolmentToken(
    @Ctx() { op }: Context,
    @Arg('input', () => RevokeEnrolmentTokenInput) input: RevokeEnrolmentTokenInput,
  ): Promise<EnrolmentTokenPayload> {
    return { enrolmentToken: await revokeEnrolmentToken(op, input) }
  }

  @Mutation(() => EnrolAgentPayload, {
    description: 'Registers an agent’s public key; needs no other token.',
  })
  async enrolAgent(
    @Ctx() { op, parts }: Context,
    @Arg('input', () => EnrolAgentInput) input: EnrolAgentInput,
  ): Promise<EnrolAgentPayload> {
    const { signer } = parts.sync
    return { proxy: await enrolAgent(op, input), serverKey: signer.publicKey, instanceId: parts.instanceId }
  }
}
