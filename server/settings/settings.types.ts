/** GraphQL types of the instance's settings. */
import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { ApprovalPolicy } from '../core/vocabulary.ts'
import type { SettingsRow } from './settings.read.ts'
import type { UpdateSettingsInput as UpdateSettingsFields } from './update.ts'

@ObjectType({ description: 'What belongs to the instance as a whole.' })
export class Settings implements Omit<SettingsRow, 'id'> {
  @Field(() => ID, { description: 'Names this instance; the audience of agents’ tokens.' })
  instanceId!: string

  @Field(() => ApprovalPolicy, { description: 'Who may give the second confirmation.' })
  approvalPolicy!: ApprovalPolicy

  @Field(() => [String], {
    description:
      'Addresses that proxies may connect to although loopback, link-local and metadata addresses are denied. Part of every rendered ip_allow.yaml.',
  })
  outboundExceptions!: readonly string[]
}

@InputType({ description: 'Settings to change; what is left out stays.' })
export class UpdateSettingsInput implements UpdateSettingsFields {
  @Field(() => ApprovalPolicy, { nullable: true, description: 'Who may give the second confirmation.' })
  approvalPolicy?: ApprovalPolicy

  @Field(() => [String], {
    nullable: true,
    description:
      'Addresses or ranges, at most 100; replaces the list. Takes effect in what is approved from now on.',
  })
  outboundExceptions?: string[]
}

@ObjectType({ description: 'The settings after a change.' })
export class SettingsPayload {
  @Field(() => Settings, { description: 'The settings.' })
  settings!: Settings
}
