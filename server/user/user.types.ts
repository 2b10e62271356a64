/** GraphQL types of people and their API tokens. */
import { ArgsType, Field, ID, InputType, ObjectType } from 'type-graphql'
import { ApiScope, Role } from '../core/vocabulary.ts'
import { connectionType, PageArgs } from '../graphql/page.ts'
import type { ApiTokenRow } from './api-token.read.ts'
import type { ChangePasswordInput as ChangePasswordFields } from './change-password.ts'
import type { ChangeUserRoleInput as ChangeUserRoleFields } from './change-role.ts'
import type { ChoosePasswordInput as ChoosePasswordFields } from './choose-password.ts'
import type { CreateUserInput as CreateUserFields } from './create.ts'
import type { CreateApiTokenInput as CreateApiTokenFields } from './create-api-token.ts'
import type { PasswordLink as PasswordLinkFields } from './password-link.ts'
import type { UserRow } from './user.read.ts'

@ObjectType({ description: 'A person.' })
export class User implements Pick<UserRow, 'id' | 'email' | 'name' | 'role' | 'isActive' | 'createdAt'> {
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => String, { description: 'What they log in with.' })
  email!: string

  @Field(() => String, { description: 'What they are called.' })
  name!: string

  @Field(() => Role, { description: 'What they may do.' })
  role!: Role

  @Field(() => Boolean, { description: 'False: they were disabled, and can do nothing.' })
  isActive!: boolean

  @Field(() => Date, { description: 'When they were added.' })
  createdAt!: Date

  passwordHash!: string | null
  passwordLinkExpiresAt!: Date | null
}

export const UserConnection = connectionType('User', () => User)

@ArgsType()
export class UserArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Part of an e-mail address or a name.' })
  search?: string | null
}

@ObjectType({ description: 'A one-time link with which a person chooses their password.' })
export class PasswordLink implements PasswordLinkFields {
  @Field(() => String, {
    description: 'Open `/password#<token>` of the web app with it. Shown now and never again.',
  })
  token!: string

  @Field(() => Date, { description: 'From when on it is refused.' })
  expiresAt!: Date
}

@InputType({ description: 'A new user.' })
export class CreateUserInput implements CreateUserFields {
  @Field(() => String, { description: 'What they log in with; case does not matter.' })
  email!: string

  @Field(() => String, { description: 'What they are called.' })
  name!: string

  @Field(() => Role, { description: 'Not above the caller’s own.' })
  role!: Role

  @Field(() => String, {
    nullable: true,
    description:
      'At least 12 characters. Left out: they are invited by a one-time link, and choose their own.',
  })
  password?: string | null
}

@ObjectType({ description: 'A new user.' })
export class CreateUserPayload {
  @Field(() => User, { description: 'The user.' })
  user!: User

  @Field(() => PasswordLink, {
    nullable: true,
    description: 'The invitation; null when a password was given.',
  })
  passwordLink!: PasswordLink | null
}

@InputType({ description: 'Which user.' })
export class UserInput {
  @Field(() => ID, { description: 'Not the caller, and nobody above them.' })
  id!: string
}

@InputType({ description: 'Another role for a user.' })
export class ChangeUserRoleInput extends UserInput implements ChangeUserRoleFields {
  @Field(() => Role, { description: 'Not above the caller’s own.' })
  role!: Role
}

@ObjectType({ description: 'A user after a change.' })
export class UserPayload {
  @Field(() => User, { description: 'The user.' })
  user!: User
}

@ObjectType({ description: 'A user and their new one-time link.' })
export class PasswordLinkPayload extends UserPayload {
  @Field(() => PasswordLink, { description: 'The link; an older one is dead.' })
  passwordLink!: PasswordLink
}

@InputType({ description: 'What the holder of a one-time link sends.' })
export class ChoosePasswordInput implements ChoosePasswordFields {
  @Field(() => String, { description: 'What the link holds after `#`.' })
  token!: string

  @Field(() => String, { description: 'At least 12 characters, and none of those that are guessed first.' })
  password!: string
}

@InputType({ description: 'Another password for the caller.' })
export class ChangePasswordInput implements ChangePasswordFields {
  @Field(() => String, { description: 'The one they have.' })
  currentPassword!: string

  @Field(() => String, { description: 'At least 12 characters, and none of those that are guessed first.' })
  newPassword!: string
}

@ObjectType({ description: 'A token for the scripts of one person; its secret was shown once.' })
export class ApiToken implements Omit<ApiTokenRow, 'userId' | 'tokenHash'> {
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => String, { description: 'What its owner calls it.' })
  name!: string

  @Field(() => [ApiScope], { description: 'What it may be used for.' })
  scopes!: ApiScope[]

  @Field(() => [ID], {
    nullable: true,
    description:
      'What is done to configs is done to these alone; null: to any. Reading is not limited by it.',
  })
  configIds!: string[] | null

  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date

  @Field(() => Date, { nullable: true, description: 'When it was last used, to the minute.' })
  lastUsedAt!: Date | null

  @Field(() => String, { nullable: true, description: 'From where.' })
  lastUsedAddress!: string | null

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

  @Field(() => [ID], {
    nullable: true,
    description: 'The only configs that it may change, at most 50; not together with OPERATE. Left out: any.',
  })
  configIds?: string[] | null
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
