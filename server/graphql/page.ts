/** Relay connections: one factory for all lists that have pages. */
import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql'
import { type Page, type PageRequest, pageRequest } from '../paging.ts'

@ObjectType({ description: 'Where a page ends and whether another follows.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether rows follow after this page.' })
  hasNextPage!: boolean

  @Field(() => String, {
    nullable: true,
    description: 'Pass it as `after` for the next page; null on an empty page.',
  })
  endCursor!: string | null
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 50, description: 'Rows wanted, 1–100.' })
  first!: number

  @Field(() => String, { nullable: true, description: 'Cursor of the last row seen.' })
  after?: string | null

  /** @param keys parts of this list's cursor @throws Refusal BAD_USER_INPUT */
  request(keys: 1 | 2): PageRequest {
    return pageRequest(this.first, this.after, keys)
  }
}

export interface Connection<T> {
  readonly edges: readonly { readonly node: T; readonly cursor: string }[]
  readonly pageInfo: PageInfo
  /** Counted only if the query asks. */
  readonly countAll: () => Promise<number>
}

export function connectionOf<T>(page: Page<T>): Connection<T> {
  return {
    edges: page.rows,
    pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.rows.at(-1)?.cursor ?? null },
    countAll: () => page.totalCount(),
  }
}

/** Declares `<name>Connection` and `<name>Edge` for a node type. */
export function connectionType<T extends object>(name: string, nodeType: () => ClassType<T>) {
  @ObjectType(`${name}Edge`, { description: `One ${name} of a page.` })
  class Edge {
    @Field(() => String, { description: 'Position of this row; opaque.' })
    cursor!: string

    @Field(nodeType, { description: 'The row itself.' })
    node!: T
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${name} rows.` })
  class ConnectionType {
    @Field(() => [Edge], { description: 'The rows of this page.' })
    edges!: Edge[]

    @Field(() => PageInfo, { description: 'Where this page ends.' })
    pageInfo!: PageInfo

    countAll!: () => Promise<number>

    @Field(() => Int, { description: 'Rows in the whole list.' })
    totalCount(): Promise<number> {
      return this.countAll()
    }
  }
  return ConnectionType
}
