/** GraphQL types of enrolling agents. */
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import type { CreateEnrolmentTokenInput as CreateFields } from './create-token.ts'
import type { EnrolAgentInput as EnrolFields } from './enrol-agent.ts'
import type { EnrolmentTokenRow } from './enrolment.read.ts'

@ObjectType({
  description: 'Lets agents enrol, a limited number of times until a set day; its secret was shown once.',
})
export class EnrolmentToken
  implements Pick<EnrolmentTokenRow, 'id' | 'name' | 'uses' | 'maxUses' | 'isEphemeral'>
{
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => String, { description: 'What it is called.' })
  name!: string

  configId!: string | null
  createdBy!: string | null

  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date

  @Field(() => Date, { description: 'From when on it is refused.' })
  expiresAt!: Date

  @Field(() => Int, { description: 'How many proxies may enrol with it.' })
  maxUses!: number

  @Field(() => Boolean, {
    description: 'Whether its proxies are retired by themselves after the silence that the settings name.',
  })
  isEphemeral!: boolean

  @Field(() => Int, { description: 'How many have.' })
  uses!: number

  @Field(() => Date, { nullable: true, description: 'When it was revoked, if it was.' })
  revokedAt!: Date | null
}

@InputType({ description: 'A new enrolment token.' })
export class CreateEnrolmentTokenInput implements CreateFields {
  @Field(() => String, { description: 'What to call it.' })
  name!: string

  @Field(() => ID, {
    nullable: true,
    description: 'Proxies enrolled with it follow this config’s active version; not a retired one.',
  })
  configId?: string | null

  @Field(() => Date, { description: 'At most 366 days from now.' })
  expiresAt!: Date

  @Field(() => Int, { defaultValue: 1, description: 'How many proxies may enrol with it, 1–10,000.' })
  maxUses!: number

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'For hosts that come and go: its proxies are retired by themselves after the silence that the settings name.',
  })
  isEphemeral!: boolean
}

@ObjectType({ description: 'A new enrolment token with its secret.' })
export class CreateEnrolmentTokenPayload {
  @Field(() => String, { description: 'The secret: shown now and never again.' })
  token!: string

  @Field(() => EnrolmentToken, { description: 'What is kept of it.' })
  enrolmentToken!: EnrolmentToken
}

@InputType({ description: 'Which enrolment token.' })
export class RevokeEnrolmentTokenInput {
  @Field(() => ID, { description: 'The token’s id, not its secret.' })
  id!: string
}

@ObjectType({ description: 'An enrolment token after a change.' })
export class EnrolmentTokenPayload {
  @Field(() => EnrolmentToken, { description: 'The token.' })
  enrolmentToken!: EnrolmentToken
}

@InputType({ description: 'An agent that wants to become a proxy’s.' })
export class EnrolAgentInput implements EnrolFields {
  @Field(() => String, { description: 'The enrolment token’s secret.' })
  token!: string

  @Field(() => String, { description: 'The proxy’s name; no other proxy may have it.' })
  hostname!: string

  @Field(() => String, {
    description: 'The agent’s Ed25519 public key: base64url of its 32 raw bytes (JWK `x`).',
  })
  publicKey!: string
}

@ObjectType({ description: 'The proxy as its agent knows it.' })
export class EnrolledProxy {
  @Field(() => ID, { description: 'Issuer of the agent’s tokens.' })
  id!: string

  @Field(() => String, { description: 'As the server spells it.' })
  hostname!: string
}

@ObjectType({ description: 'What an agent pins when it enrols.' })
export class EnrolAgentPayload {
  @Field(() => EnrolledProxy, { description: 'What it became.' })
  proxy!: EnrolledProxy

  @Field(() => String, {
    description: 'Ed25519 key that signs what is delivered: base64url of its 32 raw bytes (JWK `x`).',
  })
  serverKey!: string

  @Field(() => ID, { description: 'The audience of the agent’s tokens.' })
  instanceId!: string
}
