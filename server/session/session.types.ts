/** GraphQL types of logging in and staying logged in. */
import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { SessionStatus } from '../graphql/scalars.ts'
import type { ProveSelfInput } from '../user/prove-self.read.ts'
import { User } from '../user/user.types.ts'
import type { CopiedSession as CopiedFields } from './copied.read.ts'
import type { LoginInput as LoginFields } from './login.ts'
import type { SessionRow } from './session.read.ts'

@InputType({ description: 'Credentials.' })
export class LoginInput implements LoginFields {
  @Field(() => String, { description: 'E-mail address; case does not matter.' })
  email!: string

  @Field(() => String, { description: 'Password.' })
  password!: string

  @Field(() => String, {
    nullable: true,
    description: 'Of the authenticator app, or a recovery code; for accounts with a second factor.',
  })
  code?: string | null
}

@ObjectType({ description: 'A session that was ended because an old copy of its cookie was used.' })
export class CopiedSession implements CopiedFields {
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => Date, { description: 'When.' })
  endedAt!: Date

  @Field(() => String, { description: 'Network address from which the copy was used.' })
  copiedFrom!: string
}

/** Of the field that tells a person about it. */
export const copiedWords =
  'The newest of their sessions that ended in the last 30 days because an old copy of its cookie was used: somebody else may have had it.'

@ObjectType({ description: 'An opened session.' })
export class LoginPayload {
  @Field(() => String, { description: 'Send it as `Authorization: Bearer …`.' })
  accessToken!: string

  @Field(() => Date, { description: 'When the access token dies; every beacon brings a new one.' })
  expiresAt!: Date

  @Field(() => Date, { description: 'When the session ends at the latest: then people log in again.' })
  endsAt!: Date

  @Field(() => CopiedSession, { nullable: true, description: copiedWords })
  copiedSession!: CopiedSession | null

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

@ObjectType({ description: 'A living session of a person: one browser, or one script that logged in.' })
export class Session
  implements Pick<SessionRow, 'id' | 'createdAt' | 'lastBeacon' | 'endsAt' | 'address' | 'userAgent'>
{
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => Date, { description: 'When it began.' })
  createdAt!: Date

  @Field(() => Date, { description: 'When it was last heard; two minutes of silence end it.' })
  lastBeacon!: Date

  @Field(() => Date, { description: 'The latest end, whatever the beacon says.' })
  endsAt!: Date

  @Field(() => String, { description: 'Network address that it was opened from.' })
  address!: string

  @Field(() => String, { description: 'What the browser called itself at the login.' })
  userAgent!: string
}

@InputType({ description: 'Which session.' })
export class EndSessionInput {
  @Field(() => ID, { description: 'One’s own, or for administrators anybody’s not above them.' })
  id!: string
}

@ObjectType({ description: 'A session that was ended.' })
export class EndSessionPayload {
  @Field(() => Session, { description: 'The session.' })
  session!: Session
}

@InputType({ description: 'The password once more.' })
export class ConfirmIdentityInput implements ProveSelfInput {
  @Field(() => String, { description: 'The caller’s own.' })
  password!: string

  @Field(() => String, {
    nullable: true,
    description: 'Of the authenticator app, or a recovery code; for accounts with a second factor.',
  })
  code?: string | null
}

@ObjectType({ description: 'Proof that whoever holds the session knows the password.' })
export class ConfirmIdentityPayload {
  @Field(() => Date, { description: 'Until then it is not asked for again.' })
  confirmedUntil!: Date
}
