/** Ends every capture of a proxy. */
import { graphql } from '../graphql.ts'

export const stopDocument = graphql(`
  mutation StopLogCapture($input: StopLogCaptureInput!) { stopLogCapture(input: $input) { proxy { id captureLogsUntil } } }
`)
