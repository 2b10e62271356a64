/** The audit trail. */
import { Args, Ctx, Query, Resolver } from 'type-graphql'
import type { Context } from '../graphql/context.ts'
import { type Connection, connectionOf } from '../graphql/page.ts'
import { permit } from '../permit.ts'
import { type AuditRow, readAuditEntries } from './audit.read.ts'
import { AuditArgs, AuditEntry, AuditEntryConnection } from './audit.types.ts'

@Resolver()
export class AuditResolver {
  @Query(() => AuditEntryConnection, { description: 'Every recorded change, newest first.' })
  async auditEntries(
    @Ctx() { op }: Context,
    @Args(() => AuditArgs) args: AuditArgs,
  ): Promise<Connection<AuditEntry>> {
    permit(op, 'audit.read')
    const { edges, ...page } = connectionOf(await readAuditEntries(op, args, args.request(1)))
    return { ...page, edges: edges.map(({ cursor, node }) => ({ cursor, node: entryOf(node) })) }
  }
}

function entryOf({ actorKind, actorId, actorName, ...row }: AuditRow): AuditEntry {
  return { ...row, actor: { kind: actorKind, id: actorId, name: actorName } }
}
