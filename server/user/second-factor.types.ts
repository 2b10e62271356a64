/** GraphQL types of what proves people beside their password. */
import { Field, InputType, Int, ObjectType } from 'type-graphql'
import type { ProveSelfInput } from './prove-self.read.ts'
import type { StartedSecondFactor as StartedFields } from './start-second-factor.ts'

@ObjectType({ description: 'The caller’s second factor: codes of an authenticator app (TOTP).' })
export class SecondFactor {
  @Field(() => Date, { nullable: true, description: 'When it was switched on; null: it is off.' })
  enabledAt!: Date | null

  @Field(() => Int, { description: 'Recovery codes that were not used yet.' })
  recoveryCodesLeft!: number
}

@ObjectType({ description: 'A second factor that is being set up: for the authenticator app alone.' })
export class StartedSecondFactor implements StartedFields {
  @Field(() => String, {
    description: 'Base32, to type in where nothing can be scanned. Shown now and never again.',
  })
  secret!: string

  @Field(() => String, { description: '`otpauth://…` with the same secret, for a QR code.' })
  uri!: string
}

@InputType({ description: 'Proof that the app has the secret.' })
export class EnableSecondFactorInput {
  @Field(() => String, { description: 'The six digits that the app shows.' })
  code!: string
}

@InputType({ description: 'The caller’s password and code.' })
export class SecondFactorProofInput implements ProveSelfInput {
  @Field(() => String, { description: 'The caller’s own.' })
  password!: string

  @Field(() => String, { nullable: true, description: 'Of the app, or a recovery code.' })
  code?: string | null
}

@ObjectType({ description: 'Codes that each take the place of the app’s once.' })
export class RecoveryCodesPayload {
  @Field(() => [String], { description: 'Ten. Shown now and never again; older ones are dead.' })
  recoveryCodes!: readonly string[]
}
