/** GraphQL types of what agents and the server say to each other. */
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql'
import { OwnedRecord } from '../config/config.types.ts'
import { ApplyOutcome, ParentEventKind } from '../core/vocabulary.ts'
import type { StoredProblem, StoredRecord } from '../database/tables.ts'
import { RecordType } from '../graphql/scalars.ts'
import { LogFilter } from '../log-capture/log-capture.types.ts'
import type { AcknowledgeSyncInput as AcknowledgeFields } from './acknowledge.ts'
import type { OfferedCapture as OfferedCaptureFields, SyncInput as SyncFields } from './offer.ts'
import type { ReportFilesInput as ReportFields } from './report-files.ts'
import type { ReportHostInput as HostFields, ParentOutInput as ParentOutFields } from './report-host.ts'
import type {
  ParentEventInput as ParentEventFields,
  ReportParentsInput as ReportParentsFields,
} from './report-parents.ts'

@InputType({ description: 'An agent’s report: what its proxy runs.' })
export class SyncInput implements SyncFields {
  @Field(() => String, { description: 'The agent’s own; any other is refused with FORBIDDEN.' })
  hostname!: string

  @Field(() => String, {
    nullable: true,
    description: 'Hash of disk bytes and live records; null when nothing of ours runs.',
  })
  hash?: string | null

  @Field(() => String, { nullable: true, description: 'As the ATS binary says, e.g. `9.2.9`.' })
  atsVersion?: string | null

  @Field(() => String, { description: 'Version of the agent.' })
  agentVersion!: string

  @Field(() => String, {
    nullable: true,
    description:
      'Random, made at each start of the agent: two that take turns are two agents with one identity.',
  })
  startId?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'One file to write.' })
export class OfferedFile {
  @Field(() => String, { description: 'parent.config, sni.yaml or ip_allow.yaml.' })
  name!: string

  @Field(() => String, { description: 'Its exact text.' })
  content!: string

  @Field(() => String, { description: 'SHA-256 of its bytes, hex.' })
  sha256!: string
}

@ObjectType({ simpleResolvers: true, description: 'A capture of ATS’s logs that is open.' })
export class OfferedCapture implements OfferedCaptureFields {
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => Float, { description: 'Until its end, when the answer was made.' })
  secondsLeft!: number

  @Field(() => Int, { description: 'Lines that it may have; what it wants beyond is only counted.' })
  mostLines!: number

  @Field(() => LogFilter, { description: 'Which lines it wants.' })
  filter!: LogFilter
}

@ObjectType({
  simpleResolvers: true,
  description:
    'The answer to a report. With `upToDate` there is nothing to do, and files, records and signature are absent.',
})
export class SyncOffer {
  @Field(() => Boolean, {
    description: 'Whether the proxy runs what it should, or nothing is assigned to it.',
  })
  upToDate!: boolean

  @Field(() => String, {
    nullable: true,
    description: 'Hash of what should run; null: no version is assigned, keep what is there.',
  })
  hash!: string | null

  @Field(() => ID, { nullable: true, description: 'Config of the offered version.' })
  configId?: string

  @Field(() => Int, { nullable: true, description: 'Number of the offered version.' })
  version?: number

  @Field(() => Int, {
    nullable: true,
    description:
      'Grows with every change of what this proxy should run; an older one is refused by the agent.',
  })
  sequence?: number

  @Field(() => [OfferedFile], { nullable: true, description: 'The files of this proxy’s ATS generation.' })
  files?: readonly OfferedFile[]

  @Field(() => [OwnedRecord], { nullable: true, description: 'The records that go with them.' })
  records?: readonly OwnedRecord[]

  @Field(() => String, {
    nullable: true,
    description: 'Compact JWS (EdDSA) over the JSON {proxyId, configId, version, hash, sequence}.',
  })
  signature?: string

  @Field(() => [String], {
    description:
      'Hosts whose parents ATS shall leave out, whatever version runs; any other that the agent took out comes back.',
  })
  takenOut!: readonly string[]

  @Field(() => Boolean, {
    description: 'Whether another agent uses the same identity: all but one have to be enrolled anew.',
  })
  isCopied!: boolean

  @Field(() => [OfferedCapture], {
    nullable: true,
    description: 'Captures of ATS’s logs that are open; null: none, and debug is to be what it was.',
  })
  captures!: readonly OfferedCapture[] | null

  @Field(() => Int, { description: 'Seconds until the next report.' })
  pollSeconds!: number

  @Field(() => Int, {
    description:
      'When the socket is lost: come back within so many seconds, at a random moment. More for a large fleet.',
  })
  comeBackSeconds!: number

  @Field(() => Date, { description: 'The server’s clock.' })
  serverTime!: Date
}

@InputType({ description: 'What became of an offer; repeat it until it is answered.' })
export class AcknowledgeSyncInput implements AcknowledgeFields {
  @Field(() => String, { description: 'Hash of the offer.' })
  hash!: string

  @Field(() => Int, { description: 'Sequence of the offer.' })
  sequence!: number

  @Field(() => ApplyOutcome, { description: 'How it ended.' })
  outcome!: ApplyOutcome

  @Field(() => String, { description: 'In the agent’s and ATS’s own words; cut after 4,000 characters.' })
  message!: string

  @Field(() => Date, { nullable: true, description: 'When, its files written, it asked ATS to reload.' })
  reloadRequestedAt?: Date | null

  @Field(() => Date, { nullable: true, description: 'When ATS said that it had loaded them.' })
  loadedAt?: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'The acknowledgement is stored.' })
export class AcknowledgeSyncPayload {
  @Field(() => Date, { description: 'The server’s clock.' })
  serverTime!: Date
}

@InputType({ description: 'A file as an agent found it.' })
export class FoundFileInput {
  @Field(() => String, { description: 'parent.config, sni.yaml or ip_allow.yaml.' })
  name!: string

  @Field(() => String, { description: 'Its whole text, at most 1 MiB; empty for a file that is not there.' })
  content!: string
}

@InputType({ description: 'A record of our block as an agent found it.' })
export class FoundRecordInput implements StoredRecord {
  @Field(() => String, { description: 'e.g. proxy.config.http.parent_proxy.retry_time' })
  name!: string

  @Field(() => RecordType, { description: 'Type as in records.config.' })
  type!: RecordType

  @Field(() => String, { description: 'The value in force, as text.' })
  value!: string
}

@InputType({ description: 'What lies on a proxy’s disk, when that is not what its agent last applied.' })
export class ReportFilesInput implements ReportFields {
  @Field(() => String, {
    description: 'As reported by `sync`: the hash of these files and records; any other is refused.',
  })
  hash!: string

  @Field(() => [FoundFileInput], { description: 'The three files, each once.' })
  files!: FoundFileInput[]

  @Field(() => [FoundRecordInput], { description: 'The records of our block; at most 200.' })
  records!: FoundRecordInput[]
}

@ObjectType({ simpleResolvers: true, description: 'The report is kept, or was known already.' })
export class ReportPayload {
  @Field(() => Date, { description: 'The server’s clock.' })
  serverTime!: Date
}

@InputType({ description: 'What ATS did with a parent, or with all of them.' })
export class ParentEventInput implements ParentEventFields {
  @Field(() => String, { nullable: true, description: 'As in parent.config; null: all parents.' })
  host?: string | null

  @Field(() => Int, { nullable: true, description: 'Its port, 1–65535; null: all parents.' })
  port?: number | null

  @Field(() => ParentEventKind, { description: 'What it did.' })
  kind!: ParentEventKind

  @Field(() => Date, { description: 'When, by the host’s clock.' })
  at!: Date

  @Field(() => String, { description: 'ATS’s own words; cut after 500 characters.' })
  reason!: string
}

@InputType({ description: 'What ATS did with its parents, in the order of its log.' })
export class ReportParentsInput implements ReportParentsFields {
  @Field(() => [ParentEventInput], { description: 'Up to 200 events.' })
  events!: ParentEventInput[]
}

@InputType({ description: 'Something on a host that stands in the way of configs.' })
export class HostProblemInput implements StoredProblem {
  @Field(() => String, { description: 'What it is about, e.g. `record` or `directory`.' })
  what!: string

  @Field(() => String, { description: 'What the agent found, in its own words.' })
  says!: string

  @Field(() => String, { description: 'What to do about it.' })
  remedy!: string
}

@InputType({ description: 'What ATS says of a host that is to be left out, or to come back.' })
export class ParentOutInput implements ParentOutFields {
  @Field(() => String, { description: 'Without a port, at most 253 characters.' })
  host!: string

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether ATS leaves out the parents on it; null: it could not be asked.',
  })
  isOut?: boolean | null

  @Field(() => String, {
    nullable: true,
    description: 'Why it is not as it should be, in ATS’s words; at most 1,000 characters.',
  })
  says?: string | null
}

@InputType({ description: 'What an agent sees of its host now.' })
export class ReportHostInput implements HostFields {
  @Field(() => String, {
    nullable: true,
    description: 'How ATS is run there, in a few words of at most 1,000 characters; null: not seen.',
  })
  atsRun?: string | null

  @Field(() => [HostProblemInput], {
    description: 'At most 50, texts of at most 1,000 characters; none: all is well.',
  })
  problems!: HostProblemInput[]

  @Field(() => [ParentOutInput], {
    nullable: true,
    description:
      'Hosts that are to be left out, and those that were and are to come back but have not; at most 100.',
  })
  parentsOut?: ParentOutInput[] | null
}

@ObjectType({ simpleResolvers: true, description: 'Says only: look again.' })
export class Nudge {
  @Field(() => Date, { description: 'When it was sent.' })
  at!: Date
}
