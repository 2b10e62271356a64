/** Log in, stay logged in, log out. */
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../graphql/context.ts'
import { User } from '../user/user.types.ts'
import { beacon } from './beacon.ts'
import { confirmIdentity } from './confirm.ts'
import { readCopiedSession } from './copied.read.ts'
import { endSession } from './end.ts'
import { listSessions } from './list.read.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { readOwnedSession } from './session.read.ts'
import {
  BeaconPayload,
  ConfirmIdentityInput,
  ConfirmIdentityPayload,
  CopiedSession,
  copiedWords,
  EndSessionInput,
  EndSessionPayload,
  LoginInput,
  LoginPayload,
  LogoutPayload,
  Session,
} from './session.types.ts'

@Resolver(() => BeaconPayload)
export class SessionResolver {
  @Mutation(() => LoginPayload, {
    description:
      'Opens a session. UNAUTHENTICATED with the problem CODE_REQUIRED: the password is right, send the code of the second factor with it. After ten failures, or five wrong codes, in five minutes: RATE_LIMITED.',
  })
  async login(
    @Ctx() { op, parts, cookies, userAgent }: Context,
    @Arg('input', () => LoginInput) input: LoginInput,
  ): Promise<LoginPayload> {
    const { sessionId, secret, endsAt, user } = await login(op, parts, input, userAgent)
    cookies.set(secret)
    const copiedSession = await readCopiedSession(op, user.id)
    return { ...(await parts.accessTokens.sign(sessionId, op.now)), endsAt, copiedSession, user }
  }

  @Mutation(() => BeaconPayload, {
    description:
      'Keeps the session alive (send it every 30 s; after 120 s without one it is over) and renews the access token. A browser may send it with its cookie alone, which is renewed with it; once a renewed one was sent, the access token alone does not do. An old cookie ends the session (SESSION_COPIED).',
  })
  async beacon(@Ctx() { op, parts, cookies }: Context): Promise<BeaconPayload> {
    const { sessionId, secret } = await beacon(op, parts.cookieSecrets, cookies.secret)
    if (secret !== null) cookies.set(secret)
    const token = await parts.accessTokens.sign(sessionId, op.now)
    return { sessionId, status: 'active', serverTime: op.now, ...token }
  }

  @FieldResolver(() => User, { description: 'Whose session it is, with the role of this moment.' })
  async user(@Ctx() { op }: Context, @Root() { sessionId }: BeaconPayload): Promise<User> {
    return (await readOwnedSession(op.read, sessionId)).user
  }

  @FieldResolver(() => Date, {
    description: 'When the session ends at the latest: then people log in again.',
  })
  async endsAt(@Ctx() { op }: Context, @Root() { sessionId }: BeaconPayload): Promise<Date> {
    return (await readOwnedSession(op.read, sessionId)).endsAt
  }

  @FieldResolver(() => CopiedSession, { nullable: true, description: copiedWords })
  async copiedSession(
    @Ctx() { op }: Context,
    @Root() { sessionId }: BeaconPayload,
  ): Promise<CopiedSession | null> {
    return readCopiedSession(op, (await readOwnedSession(op.read, sessionId)).user.id)
  }

  @Mutation(() => LogoutPayload, { description: 'Ends the caller’s session at once, on every tab.' })
  async logout(@Ctx() { op, parts, cookies }: Context): Promise<LogoutPayload> {
    const ended = await logout(op, parts.cookieSecrets, cookies.secret)
    cookies.set(null)
    return { ended }
  }

  @Query(() => [Session], {
    description:
      'Living sessions, the one heard last first, at most 100: the caller’s own, or somebody else’s for administrators.',
  })
  sessions(
    @Ctx() { op }: Context,
    @Arg('userId', () => ID, { nullable: true, description: 'Whose; left out: the caller’s own.' })
    userId: string | null,
  ): Promise<readonly Session[]> {
    return listSessions(op, userId)
  }

  @Mutation(() => EndSessionPayload, {
    description: 'Ends a session from elsewhere, on every tab and socket.',
  })
  async endSession(
    @Ctx() { op }: Context,
    @Arg('input', () => EndSessionInput) input: EndSessionInput,
  ): Promise<EndSessionPayload> {
    return { session: await endSession(op, input) }
  }

  @Mutation(() => ConfirmIdentityPayload, {
    description:
      'Gives the password, and the code of a second factor, once more. Changes of users, tokens and settings ask for it when it was given more than ten minutes ago: FORBIDDEN with the problem CONFIRM_IDENTITY.',
  })
  async confirmIdentity(
    @Ctx() { op, parts }: Context,
    @Arg('input', () => ConfirmIdentityInput) input: ConfirmIdentityInput,
  ): Promise<ConfirmIdentityPayload> {
    return { confirmedUntil: await confirmIdentity(op, parts.secondFactorBox, input) }
  }
}
