/** The stream that tells the web app what to fetch again. */
import { Field, ID, ObjectType, Resolver, Root, Subscription } from 'type-graphql'
import { EntityKind } from '../core/vocabulary.ts'
import type { Context } from '../graphql/context.ts'
import { permit } from '../permit.ts'

@ObjectType({ description: 'Something changed; fetch it again.' })
export class Change {
  @Field(() => EntityKind, { description: 'What kind of thing.' })
  kind!: EntityKind

  @Field(() => ID, { nullable: true, description: 'Which one; null: any of this kind may have changed.' })
  id!: string | null
}

@Resolver()
export class ChangesResolver {
  @Subscription(() => Change, {
    description: 'Every audited change, as it is committed. Heartbeats are not announced.',
    subscribe: ({ context }: { context: Context }) => {
      permit(context.op, 'fleet.read')
      return context.parts.announcements.stream(null)
    },
  })
  changes(@Root() change: Change): Change {
    return change
  }
}
