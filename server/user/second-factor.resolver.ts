/** The caller's second factor, and the way to take somebody's away. */
import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../graphql/context.ts'
import { requireSession } from '../permit.ts'
import { disableSecondFactor } from './disable-second-factor.ts'
import { enableSecondFactor } from './enable-second-factor.ts'
import { renewRecoveryCodes } from './renew-recovery-codes.ts'
import { resetSecondFactor } from './reset-second-factor.ts'
import { readSecondFactor, secondFactorsByUserId } from './second-factor.read.ts'
import {
  EnableSecondFactorInput,
  RecoveryCodesPayload,
  SecondFactor,
  SecondFactorProofInput,
  StartedSecondFactor,
} from './second-factor.types.ts'
import { startSecondFactor } from './start-second-factor.ts'
import { User, UserInput, UserPayload } from './user.types.ts'

@Resolver(() => User)
export class SecondFactorResolver {
  @Query(() => SecondFactor, { description: 'The caller’s own second factor.' })
  async secondFactor(@Ctx() { op }: Context): Promise<SecondFactor> {
    const factor = await readSecondFactor(op, requireSession(op).id)
    return {
      enabledAt: factor?.enabledAt ?? null,
      recoveryCodesLeft: factor?.enabledAt ? factor.recoveryHashes.length : 0,
    }
  }

  @FieldResolver(() => Boolean, { description: 'Whether their login asks for a code as well.' })
  async hasSecondFactor(@Ctx() { op }: Context, @Root() { id }: User): Promise<boolean> {
    return (await op.load(secondFactorsByUserId, id)) !== undefined
  }

  @Mutation(() => StartedSecondFactor, {
    description:
      'Makes the secret for an authenticator app. Nothing changes before enableSecondFactor. Asks for a password that was given more than ten minutes ago.',
  })
  startSecondFactor(@Ctx() { op, parts }: Context): Promise<StartedSecondFactor> {
    return startSecondFactor(op, parts.secondFactorBox)
  }

  @Mutation(() => RecoveryCodesPayload, {
    description: 'Switches the second factor on; the caller’s other sessions end.',
  })
  async enableSecondFactor(
    @Ctx() { op, parts }: Context,
    @Arg('input', () => EnableSecondFactorInput) input: EnableSecondFactorInput,
  ): Promise<RecoveryCodesPayload> {
    return { recoveryCodes: await enableSecondFactor(op, parts.secondFactorBox, input) }
  }

  @Mutation(() => RecoveryCodesPayload, { description: 'Makes ten new recovery codes; the older are dead.' })
  async renewRecoveryCodes(
    @Ctx() { op, parts }: Context,
    @Arg('input', () => SecondFactorProofInput) input: SecondFactorProofInput,
  ): Promise<RecoveryCodesPayload> {
    return { recoveryCodes: await renewRecoveryCodes(op, parts.secondFactorBox, input) }
  }

  @Mutation(() => UserPayload, {
    description: 'Switches the caller’s second factor off; their other sessions end.',
  })
  async disableSecondFactor(
    @Ctx() { op, parts }: Context,
    @Arg('input', () => SecondFactorProofInput) input: SecondFactorProofInput,
  ): Promise<UserPayload> {
    return { user: await disableSecondFactor(op, parts.secondFactorBox, input) }
  }

  @Mutation(() => UserPayload, {
    description: 'Takes away the second factor of somebody who has lost it; their sessions end.',
  })
  async resetSecondFactor(
    @Ctx() { op }: Context,
    @Arg('input', () => UserInput) input: UserInput,
  ): Promise<UserPayload> {
    return { user: await resetSecondFactor(op, input) }
  }
}
