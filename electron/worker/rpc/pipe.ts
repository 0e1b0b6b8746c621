// Joins two lines: a client of a worker that does not own the data is carried to the one that does.
import type { ClientMessage, Transport, WorkerMessage } from '../../../shared/contract/wire.ts'

/** Every message goes on as it is; the end of either line ends the other. */
export function pipeLines(client: Transport<WorkerMessage, ClientMessage>, worker: Transport<ClientMessage, WorkerMessage>): void {
  client.onClose(() => worker.close())
  worker.onClose(() => client.close())
  worker.onMessage((message) => client.send(message))
  client.onMessage((message) => worker.send(message))
}
