/** GraphQL types of people and their API tokens. */
import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { ApiScope, Role } from '../core/vocabulary.ts'
import type { ApiTokenRow } from './api-token.read.ts'
import type { CreateApiTokenInput as CreateApiTokenFields } from './create-api-token.ts'
import type { UserRow } from './user.read.ts'

@ObjectType({ description: 'A person.' })
export class User implements Pick<UserRow, 'id' | 'email' | 'name' | 'role' | 'createdAt'> {
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => String, { description: 'What they log in with.' })
  email!: string

  @Field(() => String, { description: 'What they are called.' })
  name!: string

  @Field(() => Role, { description: 'What they may do.' })
  role!: Role

  @Field(() => Date, { description: 'When they were added.' })
  createdAt!: Date
}

@ObjectType({ description: 'A token for the scripts of one person; its secret was shown once.' })
export class ApiToken implements Omit<ApiTokenRow, 'userId' | 'tokenHash'> {
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => String, { description: 'What its owner calls it.' })
  name!: string

  @Field(() => [ApiScope], { description: 'What it may be used for.' })
  scopes!: ApiScope[]

  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date

  @Field(() => Date, { description: 'From when on it is refused.' })
  expiresAt!: Date

  @Field(() => Date, { nullable: true, description: 'When it was revoked, if it was.' })
  revokedAt!: Date | null
}

@InputType({ description: 'A new API token.' })
export class CreateApiTokenInput implements CreateApiTokenFields {
  @Field(() => String, { description: 'What to call it.' })
  name!: string

  @Field(() => [ApiScope], { description: 'At least one.' })
  scopes!: ApiScope[]

  @Field(() => Date, { description: 'At most 366 days from now.' })
  expiresAt!: Date
}

@InputType({ description: 'Which API token.' })
export class RevokeApiTokenInput {
  @Field(() => ID, { description: 'One of the caller’s own.' })
  id!: string
}

@ObjectType({ description: 'A new API token with its secret.' })
export class CreateApiTokenPayload {
  @Field(() => String, { description: 'The secret: shown now and never again.' })
  token!: string

  @Field(() => ApiToken, { description: 'What is kept of it.' })
  apiToken!: ApiToken
}

@ObjectType({ description: 'An API token after a change.' })
export class ApiTokenPayload {
  @Field(() => ApiToken, { description: 'The token.' })
  apiToken!: ApiToken
}
