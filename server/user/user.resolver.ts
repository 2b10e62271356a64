/** People: who there is, what may be done to their accounts, and their passwords. */
import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../graphql/context.ts'
import { type Connection, connectionOf } from '../graphql/page.ts'
import { permit } from '../permit.ts'
import { changePassword } from './change-password.ts'
import { changeUserRole } from './change-role.ts'
import { choosePassword } from './choose-password.ts'
import { createUser } from './create.ts'
import { disableUser } from './disable.ts'
import { enableUser } from './enable.ts'
import { linkPassword } from './link-password.ts'
import { readCaller } from './me.read.ts'
import { lastSeenByUserId, readUsers } from './user.read.ts'
import {
  ChangePasswordInput,
  ChangeUserRoleInput,
  ChoosePasswordInput,
  CreateUserInput,
  CreateUserPayload,
  PasswordLinkPayload,
  User,
  UserArgs,
  UserConnection,
  UserInput,
  UserPayload,
} from './user.types.ts'

@Resolver(() => User)
export class UserResolver {
  @Query(() => User, { description: 'Who the caller is.' })
  me(@Ctx() { op }: Context): Promise<User> {
    return readCaller(op)
  }

  @Query(() => UserConnection, { description: 'Everybody, by e-mail address; for administrators.' })
  async users(@Ctx() { op }: Context, @Args(() => UserArgs) args: UserArgs): Promise<Connection<User>> {
    permit(op, 'user.read')
    return connectionOf(await readUsers(op, args.search, args.request(2)))
  }

  @FieldResolver(() => Boolean, { description: 'Whether they have not chosen a password yet.' })
  isInvited(@Root() { passwordHash }: User): boolean {
    return passwordHash === null
  }

  @FieldResolver(() => Date, { nullable: true, description: 'When a session of theirs was last heard.' })
  async lastSeenAt(@Ctx() { op }: Context, @Root() { id }: User): Promise<Date | null> {
    return (await op.load(lastSeenByUserId, id)) ?? null
  }

  @Mutation(() => CreateUserPayload, { description: 'Adds a user, or invites one by a one-time link.' })
  createUser(
    @Ctx() { op }: Context,
    @Arg('input', () => CreateUserInput) input: CreateUserInput,
  ): Promise<CreateUserPayload> {
    return createUser(op, input)
  }

  @Mutation(() => UserPayload, { description: 'Gives a user another role, at once.' })
  async changeUserRole(
    @Ctx() { op }: Context,
    @Arg('input', () => ChangeUserRoleInput) input: ChangeUserRoleInput,
  ): Promise<UserPayload> {
    return { user: await changeUserRole(op, input) }
  }

  @Mutation(() => UserPayload, {
    description: 'Shuts a user out, at once: their sessions end, their API tokens are refused.',
  })
  async disableUser(
    @Ctx() { op }: Context,
    @Arg('input', () => UserInput) input: UserInput,
  ): Promise<UserPayload> {
    return { user: await disableUser(op, input) }
  }

  @Mutation(() => UserPayload, { description: 'Lets a disabled user in again.' })
  async enableUser(
    @Ctx() { op }: Context,
    @Arg('input', () => UserInput) input: UserInput,
  ): Promise<UserPayload> {
    return { user: await enableUser(op, input) }
  }

  @Mutation(() => PasswordLinkPayload, {
    description: 'Makes a one-time link with which a user chooses a new password.',
  })
  createPasswordLink(
    @Ctx() { op }: Context,
    @Arg('input', () => UserInput) input: UserInput,
  ): Promise<PasswordLinkPayload> {
    return linkPassword(op, input)
  }

  @Mutation(() => UserPayload, {
    description: 'Chooses a password by a one-time link; needs no session, and ends those there were.',
  })
  async choosePassword(
    @Ctx() { op }: Context,
    @Arg('input', () => ChoosePasswordInput) input: ChoosePasswordInput,
  ): Promise<UserPayload> {
    return { user: await choosePassword(op, input) }
  }

  @Mutation(() => UserPayload, {
    description: 'Changes the caller’s own password; their other sessions end.',
  })
  async changePassword(
    @Ctx() { op }: Context,
    @Arg('input', () => ChangePasswordInput) input: ChangePasswordInput,
  ): Promise<UserPayload> {
    return { user: await changePassword(op, input) }
  }
}
