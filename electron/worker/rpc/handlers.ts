// What the worker must implement: one handler for every method of the contract, or it does not compile.
import type { MethodName, MethodOutput, MethodParsedInput } from '../../../shared/contract/index.ts'

export type Handlers = { [M in MethodName]: (input: MethodParsedInput<M>) => Promise<MethodOutput<M>> | MethodOutput<M> }
