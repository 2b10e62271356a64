/** What agents call. */
import { Arg, Ctx, Mutation, Resolver, Root, Subscription } from 'type-graphql'
import type { Context } from '../graphql/context.ts'
import { acknowledge } from './acknowledge.ts'
import { nudges } from './nudge.ts'
import { offer } from './offer.ts'
import { reportFiles } from './report-files.ts'
import { reportHost } from './report-host.ts'
import { reportParents } from './report-parents.ts'
import {
  AcknowledgeSyncInput,
  AcknowledgeSyncPayload,
  Nudge,
  ReportFilesInput,
  ReportHostInput,
  ReportParentsInput,
  ReportPayload,
  SyncInput,
  SyncOffer,
} from './sync.types.ts'

@Resolver()
export class SyncResolver {
  @Mutation(() => SyncOffer, {
    description: 'For agents: reports what runs, and gets what should run when that differs.',
  })
  sync(@Ctx() { op, parts }: Context, @Arg('input', () => SyncInput) input: SyncInput): Promise<SyncOffer> {
    return offer(op, parts.sync, input)
  }

  @Mutation(() => AcknowledgeSyncPayload, { description: 'For agents: what became of an offer.' })
  async acknowledgeSync(
    @Ctx() { op, parts }: Context,
    @Arg('input', () => AcknowledgeSyncInput) input: AcknowledgeSyncInput,
  ): Promise<AcknowledgeSyncPayload> {
    await acknowledge(op, parts.sync, input)
    return { serverTime: op.now }
  }

  @Mutation(() => ReportPayload, {
    description: 'For agents: the files on the disk, when they are not what was last applied.',
  })
  async reportFiles(
    @Ctx() { op, parts }: Context,
    @Arg('input', () => ReportFilesInput) input: ReportFilesInput,
  ): Promise<ReportPayload> {
    await reportFiles(op, parts.sync, input)
    return { serverTime: op.now }
  }

  @Mutation(() => ReportPayload, {
    description:
      'For agents: what ATS did with its parents. Telling an event again is welcome, it is kept once.',
  })
  async reportParents(
    @Ctx() { op, parts }: Context,
    @Arg('input', () => ReportParentsInput) input: ReportParentsInput,
  ): Promise<ReportPayload> {
    await reportParents(op, parts.sync, input)
    return { serverTime: op.now }
  }

  @Mutation(() => ReportPayload, {
    description:
      'For agents: how ATS is run on the host, what stands in the way of configs there and which parents are out, whenever that changes.',
  })
  async reportHost(
    @Ctx() { op, parts }: Context,
    @Arg('input', () => ReportHostInput) input: ReportHostInput,
  ): Promise<ReportPayload> {
    await reportHost(op, parts.sync, input)
    return { serverTime: op.now }
  }

  @Subscription(() => Nudge, {
    description: 'For agents: one at once, then whenever what the proxy should run has changed.',
    subscribe: ({ context }: { context: Context }) =>
      nudges(context.op, context.parts.announcements, context.parts.sync.memory),
  })
  nudges(@Root() nudge: Nudge): Nudge {
    return nudge
  }
}
