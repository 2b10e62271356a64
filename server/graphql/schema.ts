/** The one GraphQL schema, built from the resolvers of every noun. */
import 'reflect-metadata'
import './scalars.ts'
import { type GraphQLSchema, getNamedType, lexicographicSortSchema, printSchema } from 'graphql'
import { GraphQLDateTime } from 'graphql-scalars'
import { buildSchema } from 'type-graphql'
import { AuditResolver } from '../audit/audit.resolver.ts'
import { ChangesResolver } from '../audit/changes.resolver.ts'
import { ConfigResolver } from '../config/config.resolver.ts'
import { VersionResolver } from '../config/version.resolver.ts'
import { EnrolmentResolver } from '../enrolment/enrolment.resolver.ts'
import {
  LogCaptureProxiesResolver,
  LogCaptureResolver,
  LogLinesResolver,
} from '../log-capture/log-capture.resolver.ts'
import { AttemptResolver, ProxyResolver } from '../proxy/proxy.resolver.ts'
import { RouteResolver } from '../route/route.resolver.ts'
import { SessionResolver } from '../session/session.resolver.ts'
import { SettingsResolver } from '../settings/settings.resolver.ts'
import { StatsResolver } from '../stats/stats.resolver.ts'
import { SyncResolver } from '../sync/sync.resolver.ts'
import { ApiTokenResolver } from '../user/api-token.resolver.ts'
import { SecondFactorResolver } from '../user/second-factor.resolver.ts'
import { UserResolver } from '../user/user.resolver.ts'
import type { Context } from './context.ts'

/** Validation is core's (`checkDocument`), not class-validator's: there is one set of rules. */
export async function buildApiSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    resolvers: [
      ApiTokenResolver,
      AttemptResolver,
      AuditResolver,
      ChangesResolver,
      ConfigResolver,
      EnrolmentResolver,
      LogCaptureProxiesResolver,
      LogCaptureResolver,
      LogLinesResolver,
      ProxyResolver,
      RouteResolver,
      SessionResolver,
      SettingsResolver,
      StatsResolver,
      SyncResolver,
      UserResolver,
      SecondFactorResolver,
      VersionResolver,
    ],
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
    pubSub: noTopics,
    validate: false,
  })
  describeInputs(schema)
  takePlainInputs(schema)
  return schema
}

const syncs = new SyncResolver()
const stats = new StatsResolver()
/** What agents send most. */
const plainCalls: Readonly<Record<string, (context: Context, input: never) => Promise<unknown>>> = {
  sync: (context, input) => syncs.sync(context, input),
  acknowledgeSync: (context, input) => syncs.acknowledgeSync(context, input),
  reportStats: (context, input) => stats.reportStats(context, input),
}

/**
 * TypeGraphQL makes an instance of its class of each input, field by field, and looks up all types for it each time: for
 * an unchanged sync that is as much as its work. The verbs take plain values.
 */
function takePlainInputs(schema: GraphQLSchema): void {
  const fields = schema.getMutationType()?.getFields() ?? {}
  for (const [name, call] of Object.entries(plainCalls)) {
    const field = fields[name]
    if (field) field.resolve = (_root, { input }, context) => call(context, input as never)
  }
}

/** An argument that is one input object is described by that object's own words. */
function describeInputs(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    for (const argument of field.args) argument.description ??= getNamedType(argument.type).description
  }
}

/** TypeGraphQL wants a hub; ours is PostgreSQL, and every subscription brings its own `subscribe`. */
const noTopics = {
  publish(topic: string): never {
    throw new Error(`nothing is published by topic ("${topic}"): announce through op.change`)
  },
  subscribe(topic: string): never {
    throw new Error(`nothing is subscribed by topic ("${topic}"): use announcements.stream`)
  },
}

/** The schema as committed in schema.graphql. */
export async function printApiSchema(): Promise<string> {
  return `${printSchema(lexicographicSortSchema(await buildApiSchema()))}\n`
}
