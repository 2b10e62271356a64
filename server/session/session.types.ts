/** GraphQL types of logging in and staying logged in. */
import { Field, InputType, ObjectType } from 'type-graphql'
import { SessionStatus } from '../graphql/scalars.ts'
import { User } from '../user/user.types.ts'
import type { LoginInput as LoginFields } from './login.ts'

@InputType({ description: 'Credentials.' })
export class LoginInput implements LoginFields {
  @Field(() => String, { description: 'E-mail address; case does not matter.' })
  email!: string

  @Field(() => String, { description: 'Password.' })
  password!: string
}

@ObjectType({ description: 'An opened session.' })
export class LoginPayload {
  @Field(() => String, { description: 'Send it as `Authorization: Bearer …`.' })
  accessToken!: string

  @Field(() => Date, { description: 'When the access token dies; every beacon brings a new one.' })
  expiresAt!: Date

  @Field(() => User, { description: 'Who logged in.' })
  user!: User
}

@ObjectType({ description: 'A session that goes on.' })
export class BeaconPayload {
  sessionId!: string

  @Field(() => SessionStatus, {
    description: 'ACTIVE; a session that is over is refused with UNAUTHENTICATED.',
  })
  status!: SessionStatus

  @Field(() => Date, { description: 'The server’s clock.' })
  serverTime!: Date

  @Field(() => String, { description: 'The next access token.' })
  accessToken!: string

  @Field(() => Date, { description: 'When it dies.' })
  expiresAt!: Date
}

@ObjectType({ description: 'The end of a session.' })
export class LogoutPayload {
  @Field(() => Boolean, { description: 'False when there was no session to end.' })
  ended!: boolean
}
