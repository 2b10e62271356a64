/** Log in, stay logged in, log out. */
import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import type { Context } from '../graphql/context.ts'
import { User } from '../user/user.types.ts'
import { beacon } from './beacon.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { readUserOfSession } from './session.read.ts'
import { BeaconPayload, LoginInput, LoginPayload, LogoutPayload } from './session.types.ts'

@Resolver(() => BeaconPayload)
export class SessionResolver {
  @Mutation(() => LoginPayload, {
    description: 'Opens a session. After ten failures in five minutes: RATE_LIMITED.',
  })
  async login(
    @Ctx() { op, parts, cookies, userAgent }: Context,
    @Arg('input', () => LoginInput) input: LoginInput,
  ): Promise<LoginPayload> {
    const { sessionId, secret, user } = await login(op, input, userAgent)
    cookies.set(secret)
    return { ...(await parts.accessTokens.sign(sessionId, op.now)), user }
  }

  @Mutation(() => BeaconPayload, {
    description:
      'Keeps the session alive (send it every 30 s; after 120 s without one it is over) and renews the access token. A browser may send it with its cookie alone.',
  })
  async beacon(@Ctx() { op, parts, cookies }: Context): Promise<BeaconPayload> {
    const sessionId = await beacon(op, cookies.secret)
    const token = await parts.accessTokens.sign(sessionId, op.now)
    return { sessionId, status: 'active', serverTime: op.now, ...token }
  }

  @FieldResolver(() => User, { description: 'Whose session it is: a browser that was reloaded asks.' })
  user(@Ctx() { op }: Context, @Root() { sessionId }: BeaconPayload): Promise<User> {
    return readUserOfSession(op.read, sessionId)
  }

  @Mutation(() => LogoutPayload, { description: 'Ends the caller’s session at once, on every tab.' })
  async logout(@Ctx() { op, cookies }: Context): Promise<LogoutPayload> {
    const ended = await logout(op, cookies.secret)
    cookies.set(null)
    return { ended }
  }
}
