/** GraphQL types of captured logs. */
import { ArgsType, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql'
import { LogGap, LogSource } from '../core/log-line.ts'
import { connectionType, PageArgs } from '../graphql/page.ts'
import { Proxy } from '../proxy/proxy.types.ts'
import type { LogCaptureRow } from './captures.read.ts'
import type { ExportLogLinesInput as ExportFields } from './export.ts'
import type { LogLineRow, LogStreamRow } from './lines.read.ts'
import type {
  KnownLogEnd as KnownLogEndRow,
  LogLineInput as LineFields,
  ReportLogLinesInput as ReportFields,
} from './report.ts'
import type { LogFilterInput as FilterFields, StartLogCaptureInput as StartFields } from './start.ts'

@ObjectType({ description: 'A captured line, or a gap where lines are missing.' })
export class LogLine implements Omit<LogLineRow, 'proxyId' | 'position'> {
  @Field(() => Float, { description: 'Names one file that the agent followed; grows from file to file.' })
  epoch!: number

  @Field(() => Float, { description: 'Bytes from the file’s start to the end of the line.' })
  offset!: number

  @Field(() => LogSource, { description: 'What wrote it.' })
  source!: LogSource

  @Field(() => Date, {
    nullable: true,
    description: 'When, by the host’s clock; null: the line has no time.',
  })
  at!: Date | null

  @Field(() => Date, { description: 'When the server stored it.' })
  storedAt!: Date

  @Field(() => String, {
    description:
      'The line without secrets; control characters are written out, e.g. `\\x1b`. Empty for a gap.',
  })
  text!: string

  @Field(() => String, {
    nullable: true,
    description: 'What the lines of one choice of a parent have in common.',
  })
  transaction!: string | null

  @Field(() => String, { nullable: true, description: 'Address of the client.' })
  client!: string | null

  @Field(() => String, { nullable: true, description: 'Method of the request.' })
  method!: string | null

  @Field(() => String, { nullable: true, description: 'Its URL, without secrets.' })
  url!: string | null

  @Field(() => String, { nullable: true, description: 'The host that it is for.' })
  host!: string | null

  @Field(() => Int, { nullable: true, description: 'Line of parent.config that was used.' })
  ruleLine!: number | null

  @Field(() => String, {
    nullable: true,
    description: 'The parent chosen, `DIRECT`, or `NONE` when all are down.',
  })
  parent!: string | null

  @Field(() => Int, { nullable: true, description: 'Status of the answer.' })
  status!: number | null

  @Field(() => Int, { nullable: true, description: 'How long the request took.' })
  durationMs!: number | null

  @Field(() => LogGap, { nullable: true, description: 'Why lines are missing here; null: this is a line.' })
  gap!: LogGap | null

  @Field(() => Int, { nullable: true, description: 'Of a gap: lines missing; null: nobody knows how many.' })
  lost!: number | null
}

export const LogLineConnection = connectionType('LogLine', () => LogLine)

@ObjectType({ description: 'One captured line, with its cursor.' })
export class WatchedLogLine {
  @Field(() => String, { description: 'The same as in `Proxy.logLines`: go on after it.' })
  cursor!: string

  @Field(() => LogLine, { description: 'The line.' })
  node!: LogLine
}

@ObjectType({ description: 'Captured lines that have come together.' })
export class LogLineBatch {
  @Field(() => [WatchedLogLine], { description: 'Up to 500, in their order.' })
  edges!: readonly WatchedLogLine[]

  @Field(() => Float, {
    description: 'Lines before these that this viewer was too slow for; they can be read as pages.',
  })
  dropped!: number

  @Field(() => Float, {
    description: 'Lines before these that were deleted, by somebody or by age, before this viewer got them.',
  })
  deleted!: number

  @Field(() => Boolean, {
    description: 'Of the first batch: older lines are kept than were asked for.',
  })
  hasEarlier!: boolean
}

@ObjectType({
  simpleResolvers: true,
  description: 'Which lines a capture wants; all that is given has to hold.',
})
export class LogFilter {
  @Field(() => String, { description: 'Anywhere in the line, in any case; empty: every line.' })
  text!: string

  @Field(() => Boolean, { description: 'Whether `text` is a regular expression.' })
  isRegex!: boolean

  @Field(() => String, { description: 'Requests for this name or one below it; empty: for any.' })
  host!: string

  @Field(() => String, { description: 'Requests of this client; empty: of any.' })
  clientAddress!: string

  @Field(() => Boolean, {
    description: 'Only answers with 4xx or 5xx, and requests for which no parent was left.',
  })
  errorsOnly!: boolean

  @Field(() => [String], {
    description:
      'Query parameters whose values are removed, beside those that always are (`token`, `password`, …).',
  })
  redact!: readonly string[]
}

@ObjectType({ description: 'A capture of a proxy’s logs.' })
export class LogCapture implements LogCaptureRow {
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => String, { description: 'Who started it.' })
  startedBy!: string

  @Field(() => Date, { description: 'When.' })
  startedAt!: Date

  @Field(() => Date, { description: 'When it ends by itself.' })
  until!: Date

  @Field(() => Date, { nullable: true, description: 'When somebody stopped it; null: nobody has.' })
  stoppedAt!: Date | null

  @Field(() => LogFilter, { description: 'Which lines it wants.' })
  filter!: LogFilter

  @Field(() => Int, { description: 'Lines that it may have; what it wants beyond is counted.' })
  mostLines!: number
}

@ObjectType({ description: 'What capturing a proxy’s logs costs it, as its agent last measured.' })
export class LogStream implements LogStreamRow {
  @Field(() => Float, { description: 'Lines stored since the proxy was enrolled, gaps included.' })
  position!: number

  @Field(() => Date, { description: 'When it was measured, by the server’s clock.' })
  at!: Date

  @Field(() => Float, { description: 'Lines that ATS writes, wanted or not.' })
  linesPerSecond!: number

  @Field(() => Float, { description: 'Bytes that ATS writes.' })
  bytesPerSecond!: number

  @Field(() => Float, {
    nullable: true,
    description: 'Processor time of ATS, of one processor; null: not known.',
  })
  atsCpuPercent!: number | null

  @Field(() => String, {
    nullable: true,
    description: 'What the agent can’t follow, and what to do; null: all is well.',
  })
  problem!: string | null
}

@InputType({ description: 'Which lines a capture wants.' })
export class LogFilterInput implements FilterFields {
  @Field(() => String, {
    nullable: true,
    description: 'Anywhere in the line, in any case; at most 200 characters.',
  })
  text?: string | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether `text` is a regular expression, as JavaScript has them.',
  })
  isRegex?: boolean | null

  @Field(() => String, { nullable: true, description: 'Requests for this name or one below it.' })
  host?: string | null

  @Field(() => String, { nullable: true, description: 'Requests of this client.' })
  clientAddress?: string | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Only answers with 4xx or 5xx, and requests for which no parent was left.',
  })
  errorsOnly?: boolean | null

  @Field(() => [String], {
    nullable: true,
    description: 'Further query parameters whose values never leave the host; at most 20.',
  })
  redact?: string[] | null
}

@InputType({
  description: 'Where to capture logs, and for how long. Turns ATS’s debug output on, which costs it work.',
})
export class StartLogCaptureInput implements StartFields {
  @Field(() => ID, { nullable: true, description: 'One proxy; or give `proxyIds`.' })
  proxyId?: string | null

  @Field(() => [ID], { nullable: true, description: 'Up to 50 proxies.' })
  proxyIds?: string[] | null

  @Field(() => Float, { description: 'From 1 to 60.' })
  minutes!: number

  @Field(() => LogFilterInput, { nullable: true, description: 'Left out: every line.' })
  filter?: LogFilterInput | null
}

@InputType({ description: 'A proxy whose captures end now, all of them.' })
export class StopLogCaptureInput {
  @Field(() => ID, { description: 'The proxy.' })
  proxyId!: string
}

@ObjectType({ description: 'The proxies that are captured now.' })
export class StartLogCapturePayload {
  @Field(() => [Proxy], { description: 'Each of those named.' })
  proxies!: readonly Proxy[]
}

@ObjectType({ description: 'The proxy, whose captures are over.' })
export class StopLogCapturePayload {
  @Field(() => Proxy, { description: 'The proxy.' })
  proxy!: Proxy
}

@InputType({ description: 'Captured lines to take away; each call is in the audit trail.' })
export class ExportLogLinesInput implements ExportFields {
  @Field(() => ID, { description: 'Whose.' })
  proxyId!: string

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last line before; left out: from the first.',
  })
  after?: string | null

  @Field(() => Int, { defaultValue: 10_000, description: 'From 1 to 10,000 lines.' })
  first!: number
}

@ObjectType({ description: 'Captured lines.' })
export class ExportLogLinesPayload {
  @Field(() => [WatchedLogLine], { description: 'In their order.' })
  edges!: readonly WatchedLogLine[]

  @Field(() => Boolean, { description: 'Whether more follow: ask again with the last cursor.' })
  hasNextPage!: boolean

  @Field(() => Float, {
    description: 'Lines between `after` and the first of these that were deleted meanwhile.',
  })
  deleted!: number
}

@InputType({ description: 'Whose captured lines to delete before their time.' })
export class DeleteLogLinesInput {
  @Field(() => ID, { description: 'The proxy.' })
  proxyId!: string
}

@ObjectType({ description: 'They are gone.' })
export class DeleteLogLinesPayload {
  @Field(() => Int, { description: 'How many there were.' })
  deletedCount!: number
}

@ArgsType()
export class LogLineArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only lines with this text, in any case.' })
  search?: string | null
}

@ArgsType()
export class WatchLogLinesArgs {
  @Field(() => ID, { description: 'The proxy.' })
  proxyId!: string

  @Field(() => String, { nullable: true, description: 'Go on after this line; left out: from the end.' })
  after?: string | null

  @Field(() => Int, {
    defaultValue: 0,
    description: 'Without `after`: begin with so many of the newest lines, at most 50,000.',
  })
  last!: number
}

@InputType({ description: 'A line that an agent captured, or a gap.' })
export class LogLineInput implements LineFields {
  @Field(() => Float, { description: 'Names the file that it stands in; grows from file to file.' })
  epoch!: number

  @Field(() => Float, { description: 'Where it ends; within an epoch only what lies beyond is new.' })
  offset!: number

  @Field(() => LogSource, { description: 'What wrote it.' })
  source!: LogSource

  @Field(() => Date, { nullable: true, description: 'By the host’s clock.' })
  at?: Date | null

  @Field(() => String, { description: 'Without secrets; at most 4,100 characters. Empty for a gap.' })
  text!: string

  @Field(() => String, { nullable: true, description: 'What one choice’s lines have in common.' })
  transaction?: string | null

  @Field(() => String, { nullable: true, description: 'Address of the client.' })
  client?: string | null

  @Field(() => String, { nullable: true, description: 'Method of the request.' })
  method?: string | null

  @Field(() => String, { nullable: true, description: 'Its URL.' })
  url?: string | null

  @Field(() => String, { nullable: true, description: 'The host that it is for.' })
  host?: string | null

  @Field(() => Int, { nullable: true, description: 'Line of parent.config that was used.' })
  ruleLine?: number | null

  @Field(() => String, { nullable: true, description: 'The parent chosen, `DIRECT` or `NONE`.' })
  parent?: string | null

  @Field(() => Int, { nullable: true, description: 'Status of the answer.' })
  status?: number | null

  @Field(() => Int, { nullable: true, description: 'How long the request took.' })
  durationMs?: number | null

  @Field(() => LogGap, { nullable: true, description: 'Why lines are missing; left out: this is a line.' })
  gap?: LogGap | null

  @Field(() => Int, { nullable: true, description: 'Of a gap: lines missing; left out: not known.' })
  lost?: number | null
}

@InputType({
  description:
    'Captured lines, and what the capture costs. Telling them again is welcome, each is kept once.',
})
export class ReportLogLinesInput implements ReportFields {
  @Field(() => [LogLineInput], { description: 'Up to 1,000; none: only the cost.' })
  lines!: LogLineInput[]

  @Field(() => Float, { description: 'Lines that ATS writes, wanted or not.' })
  linesPerSecond!: number

  @Field(() => Float, { description: 'Bytes that ATS writes.' })
  bytesPerSecond!: number

  @Field(() => Float, { nullable: true, description: 'Processor time of ATS, of one processor.' })
  atsCpuPercent?: number | null

  @Field(() => String, {
    nullable: true,
    description: 'What can’t be followed, for people; at most 1,000 characters.',
  })
  problem?: string | null
}

@ObjectType({ description: 'How far one file of a proxy’s log is known.' })
export class KnownLogEnd implements KnownLogEndRow {
  @Field(() => Float, { description: 'The file.' })
  epoch!: number

  @Field(() => Float, { description: 'Where its last line ends.' })
  offset!: number
}

@ObjectType({ description: 'The lines are stored, or were known.' })
export class ReportLogLinesPayload {
  @Field(() => Date, { description: 'The server’s clock.' })
  serverTime!: Date

  @Field(() => [KnownLogEnd], {
    description: 'Where each file ends for the server: lines before that need not be told again.',
  })
  known!: readonly KnownLogEndRow[]
}
