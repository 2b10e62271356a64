/** GraphQL types of the instance's settings. */
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { ApprovalPolicy, DriftPolicy } from '../core/vocabulary.ts'
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

  @Field(() => DriftPolicy, {
    description: 'Whether an edit by hand of approved files or records is undone, or left and shown.',
  })
  driftPolicy!: DriftPolicy

  @Field(() => Int, { description: 'Hours after which a session ends, however busy it is.' })
  sessionHours!: number

  @Field(() => Boolean, {
    description:
      'Whether an approval asks people for their password when they gave it more than ten minutes ago.',
  })
  confirmApprovals!: boolean

  @Field(() => Int, { description: 'After how long a silence ephemeral proxies are retired.' })
  ephemeralSilenceMinutes!: number

  @Field(() => Int, { description: 'Hours that samples of statistics are kept before only their sums are.' })
  statsSampleHours!: number

  @Field(() => Int, { description: 'Hours that statistics are kept by the minute.' })
  statsMinuteHours!: number

  @Field(() => Int, { description: 'Days that statistics are kept by the hour.' })
  statsHourDays!: number

  @Field(() => Int, { description: 'Days that statistics are kept by the day.' })
  statsDayDays!: number

  @Field(() => Int, { description: 'Hours that captured log lines are kept.' })
  logHours!: number

  @Field(() => Int, {
    description: 'Lines that one capture may have on one proxy; what it wants beyond is counted.',
  })
  logLinesPerCapture!: number
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

  @Field(() => DriftPolicy, {
    nullable: true,
    description: 'LEAVE: an edit by hand stays until something new is approved, or a retry.',
  })
  driftPolicy?: DriftPolicy

  @Field(() => Int, {
    nullable: true,
    description: 'From 1 to 720 (30 days); for sessions that begin from now on.',
  })
  sessionHours?: number

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True: approvals ask people for a password that was given long ago; API tokens are not asked.',
  })
  confirmApprovals?: boolean

  @Field(() => Int, { nullable: true, description: 'From 5 to 43,200 (30 days).' })
  ephemeralSilenceMinutes?: number

  @Field(() => Int, { nullable: true, description: 'From 2 to 48.' })
  statsSampleHours?: number

  @Field(() => Int, { nullable: true, description: 'From 6 to 336 (14 days).' })
  statsMinuteHours?: number

  @Field(() => Int, { nullable: true, description: 'From 2 to 400.' })
  statsHourDays?: number

  @Field(() => Int, { nullable: true, description: 'From 30 to 3,650.' })
  statsDayDays?: number

  @Field(() => Int, { nullable: true, description: 'From 1 to 720 (30 days).' })
  logHours?: number

  @Field(() => Int, {
    nullable: true,
    description: 'From 1,000 to 5,000,000; for captures that are started from now on.',
  })
  logLinesPerCapture?: number
}

@ObjectType({ description: 'The settings after a change.' })
export class SettingsPayload {
  @Field(() => Settings, { description: 'The settings.' })
  settings!: Settings
}
