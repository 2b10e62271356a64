/** GraphQL types of the audit trail. */
import { GraphQLJSON } from 'graphql-scalars'
import { ArgsType, Field, ID, ObjectType } from 'type-graphql'
import { ActorKind, Channel, EntityKind } from '../core/vocabulary.ts'
import { connectionType, PageArgs } from '../graphql/page.ts'
import type { AuditFilter } from './audit.read.ts'

@ObjectType({ description: 'Who did it; the name is the one of that time.' })
export class AuditActor {
  @Field(() => ActorKind, { description: 'Person, agent, the server itself, or nobody known.' })
  kind!: ActorKind

  @Field(() => ID, { nullable: true, description: 'User or proxy; null for the server itself.' })
  id!: string | null

  @Field(() => String, { description: 'E-mail address, hostname, or the server’s job.' })
  name!: string
}

@ObjectType({ description: 'One recorded change, written in the same transaction as the change itself.' })
export class AuditEntry {
  @Field(() => ID, { description: 'Opaque; grows with time.' })
  id!: number

  @Field(() => Date, { description: 'When.' })
  at!: Date

  @Field(() => String, { description: 'What: noun.verb, e.g. `config.approve`.' })
  action!: string

  @Field(() => AuditActor, { description: 'Who.' })
  actor!: AuditActor

  @Field(() => EntityKind, { description: 'What kind of thing it was done to.' })
  entityKind!: EntityKind

  @Field(() => ID, { nullable: true, description: 'Which one.' })
  entityId!: string | null

  @Field(() => String, { description: 'What it was called then.' })
  entityName!: string

  @Field(() => GraphQLJSON, { nullable: true, description: 'The fields that changed, before.' })
  oldValue!: Record<string, unknown> | null

  @Field(() => GraphQLJSON, { nullable: true, description: 'The fields that changed, after.' })
  newValue!: Record<string, unknown> | null

  @Field(() => String, { description: 'Network address it came from.' })
  address!: string

  @Field(() => Channel, { description: 'Through which door it came in.' })
  channel!: Channel

  @Field(() => String, { description: 'The request, as in the server’s log.' })
  requestId!: string
}

export const AuditEntryConnection = connectionType('AuditEntry', () => AuditEntry)

@ArgsType()
export class AuditArgs extends PageArgs implements AuditFilter {
  @Field(() => ID, { nullable: true, description: 'Only what was done to this thing.' })
  entityId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only what this user or proxy did.' })
  actorId?: string | null

  @Field(() => String, { nullable: true, description: 'Only this action.' })
  action?: string | null

  @Field(() => Date, { nullable: true, description: 'Not before.' })
  since?: Date | null

  @Field(() => Date, { nullable: true, description: 'Not after.' })
  until?: Date | null

  @Field(() => String, {
    nullable: true,
    description:
      'Only what holds this text in a name, a reason or a changed value, whatever its case; at most 200 characters count. Not looked through: assignments, and what proxies report when nothing failed; `entityId` finds those.',
  })
  text?: string | null
}
