// A VM as the screens name it: its node and its UUID.

export interface VmKey {
  readonly nodeId: string
  readonly uuid: string
}

export function keyOf(vm: VmKey): string {
  return `${vm.nodeId}/${vm.uuid}`
}
