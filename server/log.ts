/** The server's own log: one JSON object a line, and never a secret in it. */
import { type DestinationStream, type Logger, pino } from 'pino'

/** Wherever they stand in what is logged, down to the fourth level. */
const secretKeys = [
  'password',
  'currentPassword',
  'newPassword',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'recoveryCode',
  'recoveryCodes',
  'authorization',
  'cookie',
]
const levels = ['', '*.', '*.*.', '*.*.*.']
const secretPaths = levels.flatMap((level) => secretKeys.map((key) => `${level}${key}`))

export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    redact: secretPaths,
    serializers: { err: describeError },
  }
  return destination ? pino(options, destination) : pino(options)
}

interface DescribedError {
  readonly type: string
  readonly message: string
  readonly stack: string
  readonly code?: string
  readonly cause?: DescribedError
}

/**
 * What is needed to find a fault. Not what a library hangs on its errors beside: drizzle's carry the values of the
 * statement, which are what people have typed, in a property and in the message.
 */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error), stack: '' }
  const { code, cause } = error as NodeJS.ErrnoException
  const message = withoutValues(error.message)
  return {
    type: error.constructor.name,
    message,
    stack: (error.stack ?? '').replace(error.message, () => message),
    ...(typeof code === 'string' && { code }),
    ...(cause !== undefined && { cause: describeError(cause) }),
  }
}

function withoutValues(message: string): string {
  return message.replace(/\nparams: [\s\S]*$/, '')
}
