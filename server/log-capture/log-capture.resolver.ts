/** Captured logs: started and stopped by people, told by agents, watched and read. */
import { Arg, Args, Ctx, FieldResolver, Float, Mutation, Resolver, Root, Subscription } from 'type-graphql'
import type { Context } from '../graphql/context.ts'
import { type Connection, connectionOf } from '../graphql/page.ts'
import { shared } from '../graphql/shared-answers.ts'
import { type ProxyRow, readProxy } from '../proxy/proxy.read.ts'
import { Proxy } from '../proxy/proxy.types.ts'
import {
  type LogCaptureRow,
  proxyIdsOfCapture,
  readEndedCaptures,
  readOpenCaptures,
} from './captures.read.ts'
import { deleteLogLines } from './delete.ts'
import { exportLogLines } from './export.ts'
import {
  countLinesSince,
  type LogLineRow,
  type LogStreamRow,
  readLogLines,
  readLogStream,
} from './lines.read.ts'
import {
  DeleteLogLinesInput,
  DeleteLogLinesPayload,
  ExportLogLinesInput,
  ExportLogLinesPayload,
  LogCapture,
  LogLineArgs,
  LogLineBatch,
  LogLineConnection,
  LogStream,
  ReportLogLinesInput,
  ReportLogLinesPayload,
  StartLogCaptureInput,
  StartLogCapturePayload,
  StopLogCaptureInput,
  StopLogCapturePayload,
  WatchLogLinesArgs,
} from './log-capture.types.ts'
import { reportLogLines } from './report.ts'
import { startLogCapture } from './start.ts'
import { stopLogCapture } from './stop.ts'
import { type LogLineBatchRow, watchLogLines } from './watch.ts'

@Resolver(() => Proxy)
export class LogCaptureResolver {
  @FieldResolver(() => Date, {
    nullable: true,
    description: 'Its logs are captured until then; null: they are not.',
  })
  captureLogsUntil(@Ctx() { op }: Context, @Root() { captureLogsUntil }: ProxyRow): Date | null {
    return captureLogsUntil !== null && captureLogsUntil > op.now ? captureLogsUntil : null
  }

  @FieldResolver(() => [LogCapture], { description: 'Its captures that are open; they share one stream.' })
  logCaptures(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<readonly LogCaptureRow[]> {
    return readOpenCaptures(op, proxy.id)
  }

  @FieldResolver(() => [LogCapture], {
    description:
      'Its newest captures that are over and of which lines may be kept, at most 10, the newest first.',
  })
  endedLogCaptures(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<readonly LogCaptureRow[]> {
    return readEndedCaptures(op, proxy.id)
  }

  @FieldResolver(() => Float, {
    description:
      'Lines and gaps that its open captures have brought in, since the oldest of them began, by whichever agent; deleted ones are left out.',
  })
  async capturedLineCount(@Ctx() { op }: Context, @Root() { id }: ProxyRow): Promise<number> {
    const [oldest] = await readOpenCaptures(op, id)
    return oldest ? countLinesSince(op, id, oldest.startedAt) : 0
  }

  @FieldResolver(() => LogStream, {
    nullable: true,
    description: 'What capturing costs it; null: it was never captured.',
  })
  logStream(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<LogStreamRow | null> {
    return readLogStream(op, proxy.id)
  }

  @FieldResolver(() => LogLineConnection, {
    description:
      'Its captured lines that are kept, oldest first. Cursors are those of the subscription `logLines`.',
  })
  async logLines(
    @Ctx() { op }: Context,
    @Root() proxy: ProxyRow,
    @Args(() => LogLineArgs) args: LogLineArgs,
  ): Promise<Connection<LogLineRow>> {
    return connectionOf(await readLogLines(op, proxy.id, args.request(1), args.search))
  }

  @Mutation(() => StartLogCapturePayload, {
    description: 'Captures the logs of one or several proxies for some minutes; on all of them or none.',
  })
  async startLogCapture(
    @Ctx() { op }: Context,
    @Arg('input', () => StartLogCaptureInput) input: StartLogCaptureInput,
  ) {
    const ids = await startLogCapture(op, input)
    return { proxies: await Promise.all(ids.map((id) => readProxy(op, id))) }
  }

  @Mutation(() => StopLogCapturePayload, {
    description: 'Ends every capture of a proxy’s logs; CONFLICT when none is open.',
  })
  async stopLogCapture(
    @Ctx() { op }: Context,
    @Arg('input', () => StopLogCaptureInput) input: StopLogCaptureInput,
  ) {
    return { proxy: await readProxy(op, await stopLogCapture(op, input)) }
  }

  @Mutation(() => ExportLogLinesPayload, { description: 'Captured lines to take away; in the audit trail.' })
  async exportLogLines(
    @Ctx() { op }: Context,
    @Arg('input', () => ExportLogLinesInput) input: ExportLogLinesInput,
  ) {
    const { rows: edges, hasNextPage, deleted } = await exportLogLines(op, input)
    return { edges, hasNextPage, deleted }
  }

  @Mutation(() => DeleteLogLinesPayload, {
    description: 'Deletes all captured lines of a proxy; in the audit trail.',
  })
  async deleteLogLines(
    @Ctx() { op }: Context,
    @Arg('input', () => DeleteLogLinesInput) input: DeleteLogLinesInput,
  ): Promise<DeleteLogLinesPayload> {
    return { deletedCount: await deleteLogLines(op, input) }
  }

  @Mutation(() => ReportLogLinesPayload, {
    description: 'For agents: captured lines, and what capturing costs.',
  })
  async reportLogLines(
    @Ctx() { op, parts }: Context,
    @Arg('input', () => ReportLogLinesInput) input: ReportLogLinesInput,
  ): Promise<ReportLogLinesPayload> {
    const known = await reportLogLines(op, { memory: parts.sync.memory, live: parts.liveLines }, input)
    return { serverTime: op.now, known }
  }
}

@Resolver(() => LogCapture)
export class LogCaptureProxiesResolver {
  @FieldResolver(() => [Proxy], { description: 'The proxies on which it was started, its own among them.' })
  async proxies(@Ctx() { op }: Context, @Root() { id }: LogCaptureRow): Promise<readonly ProxyRow[]> {
    const ids = (await op.load(proxyIdsOfCapture, id)) ?? []
    return Promise.all(ids.map((proxyId) => readProxy(op, proxyId)))
  }
}

/** Apart: TypeGraphQL takes the arguments of methods with one name in one class together. */
@Resolver()
export class LogLinesResolver {
  @Subscription(() => LogLineBatch, {
    description: 'Captured lines of a proxy from a cursor on, each once, as they come in.',
    subscribe: async ({ context, args }: { context: Context; args: WatchLogLinesArgs }) =>
      shared(await watchLogLines(context.op, context.parts.liveLines, args)),
  })
  logLines(
    @Root() { rows: edges, ...more }: LogLineBatchRow,
    @Args(() => WatchLogLinesArgs) _: WatchLogLinesArgs,
  ): LogLineBatch {
    return { edges, ...more }
  }
}
