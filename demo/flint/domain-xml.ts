// The domain XML that libvirt shows for a VM, as captured: one form for VMs made by Flint, one for those made by hand.
import { poolName, volumePath } from './storage.ts'
import type { SimulatedVm, VmDisk } from './vm.ts'

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&apos;')
}

function alias(active: boolean, name: string): string[] {
  return active ? [`      <alias name='${name}'/>`] : []
}

/** libvirt shows what a disk is layered on only while it is open. */
function backingLines(disk: VmDisk, index: number): string[] {
  if (disk.backingImage === undefined) return ['      <backingStore/>']
  return [
    `      <backingStore type='file' index='${index + 11}'>`,
    `        <format type='qcow2'/>`,
    `        <source file='${escapeXml(volumePath(disk.backingImage))}'/>`,
    '        <backingStore/>',
    '      </backingStore>',
  ]
}

function diskLines(disk: VmDisk, index: number, active: boolean): string[] {
  const isCd = disk.device === 'cdrom'
  const source =
    disk.source.kind === 'volume'
      ? `<source pool='${poolName}' volume='${escapeXml(disk.source.volume)}'`
      : `<source file='${escapeXml(disk.source.path)}'`
  const address = isCd
    ? `<address type='drive' controller='0' bus='1' target='0' unit='0'/>`
    : `<address type='pci' domain='0x0000' bus='0x00' slot='0x0${3 + index}' function='0x0'/>`
  return [
    `    <disk type='${disk.source.kind}' device='${disk.device}'>`,
    `      <driver name='qemu' type='${isCd ? 'raw' : 'qcow2'}'/>`,
    `      ${source}${active ? ` index='${index + 1}'/>` : '/>'}`,
    ...(active && !isCd ? backingLines(disk, index) : []),
    `      <target dev='${disk.targetDev}' bus='${isCd ? 'ide' : 'virtio'}'/>`,
    ...(isCd ? ['      <readonly/>'] : []),
    ...alias(active, isCd ? 'ide0-1-0' : `virtio-disk${index}`),
    `      ${address}`,
    '    </disk>',
  ]
}

function osLines(vm: SimulatedVm): string[] {
  const kernel = [
    '    <kernel>/var/lib/libvirt/images/vmlinuz</kernel>',
    '    <initrd>/var/lib/libvirt/images/initrd.gz</initrd>',
    '    <cmdline>console=tty0 console=ttyS0</cmdline>',
  ]
  return [
    '  <os>',
    "    <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>",
    ...(vm.kernelBoot ? kernel : []),
    "    <boot dev='hd'/>",
    '  </os>',
  ]
}

function serialLines(vm: SimulatedVm, active: boolean): string[] {
  const pty = `/dev/pts/${vm.domainId}`
  const source = active ? [`      <source path='${pty}'/>`] : []
  return [
    "    <serial type='pty'>",
    ...source,
    "      <target type='isa-serial' port='0'>",
    "        <model name='isa-serial'/>",
    '      </target>',
    ...alias(active, 'serial0'),
    '    </serial>',
    active ? `    <console type='pty' tty='${pty}'>` : "    <console type='pty'>",
    ...source,
    "      <target type='serial' port='0'/>",
    ...alias(active, 'serial0'),
    '    </console>',
  ]
}

function graphicsLines(vm: SimulatedVm, active: boolean): string[] {
  const bound = active || vm.kernelBoot
  return [
    `    <graphics type='vnc' port='${active ? vncPort(vm) : '-1'}' autoport='yes'${bound ? " listen='127.0.0.1'" : ''}>`,
    bound ? "      <listen type='address' address='127.0.0.1'/>" : "      <listen type='address'/>",
    '    </graphics>',
  ]
}

function controllerLines(vm: SimulatedVm, active: boolean): string[] {
  const ide = [
    "    <controller type='ide' index='0'>",
    ...alias(active, 'ide'),
    "      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x1'/>",
    '    </controller>',
  ]
  return [
    "    <controller type='usb' index='0' model='piix3-uhci'>",
    ...alias(active, 'usb'),
    "      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x2'/>",
    '    </controller>',
    ...(active
      ? ["    <controller type='pci' index='0' model='pci-root'>", ...alias(active, 'pci.0'), '    </controller>']
      : ["    <controller type='pci' index='0' model='pci-root'/>"]),
    ...(vm.disks.some((disk) => disk.device === 'cdrom') ? ide : []),
  ]
}

function inputLines(type: string, name: string, active: boolean): string[] {
  if (!active) return [`    <input type='${type}' bus='ps2'/>`]
  return [`    <input type='${type}' bus='ps2'>`, ...alias(active, name), '    </input>']
}

const securityLabel = [
  "  <seclabel type='dynamic' model='dac' relabel='yes'>",
  '    <label>+64055:+64055</label>',
  '    <imagelabel>+64055:+64055</imagelabel>',
  '  </seclabel>',
]

/** The port on the host's loopback that QEMU's VNC server listens on. */
export function vncPort(vm: SimulatedVm): string {
  return String(5899 + Math.max(vm.domainId, 1))
}

/** The XML of the domain as it is now. */
export function domainXml(vm: SimulatedVm): string {
  const active = vm.state !== 'Shutoff'
  const lines = [
    `<domain type='${vm.kernelBoot ? 'qemu' : 'kvm'}'${active ? ` id='${vm.domainId}'` : ''}>`,
    `  <name>${escapeXml(vm.name)}</name>`,
    `  <uuid>${vm.uuid}</uuid>`,
    `  <memory unit='KiB'>${vm.memoryKiB}</memory>`,
    `  <currentMemory unit='KiB'>${vm.memoryKiB}</currentMemory>`,
    `  <vcpu placement='static'>${vm.vcpus}</vcpu>`,
    ...(active ? ['  <resource>', '    <partition>/machine</partition>', '  </resource>'] : []),
    ...osLines(vm),
    ...(vm.hasAcpi ? ['  <features>', '    <acpi/>', '  </features>'] : []),
    `  <cpu mode='custom' match='exact' check='${active ? 'full' : 'none'}'>`,
    "    <model fallback='forbid'>qemu64</model>",
    ...(active ? ["    <feature policy='require' name='hypervisor'/>", "    <feature policy='require' name='lahf_lm'/>"] : []),
    '  </cpu>',
    "  <clock offset='utc'/>",
    '  <on_poweroff>destroy</on_poweroff>',
    '  <on_reboot>restart</on_reboot>',
    '  <on_crash>destroy</on_crash>',
    '  <devices>',
    '    <emulator>/usr/bin/qemu-system-x86_64</emulator>',
    ...vm.disks.flatMap((disk, index) => diskLines(disk, index, active)),
    ...controllerLines(vm, active),
    ...vm.nics.flatMap((nic) => [
      "    <interface type='network'>",
      `      <mac address='${nic.mac}'/>`,
      `      <source network='${escapeXml(nic.network)}'/>`,
      ...(active ? [`      <target dev='vnet${vm.domainId}'/>`] : []),
      "      <model type='virtio'/>",
      ...alias(active, 'net0'),
      "      <address type='pci' domain='0x0000' bus='0x00' slot='0x06' function='0x0'/>",
      '    </interface>',
    ]),
    ...serialLines(vm, active),
    ...inputLines('mouse', 'input0', active),
    ...inputLines('keyboard', 'input1', active),
    ...graphicsLines(vm, active),
    "    <audio id='1' type='none'/>",
    '    <video>',
    `      <model type='${vm.kernelBoot ? 'vga' : 'cirrus'}' vram='16384' heads='1' primary='yes'/>`,
    ...alias(active, 'video0'),
    "      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>",
    '    </video>',
    "    <memballoon model='virtio'>",
    ...alias(active, 'balloon0'),
    "      <address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/>",
    '    </memballoon>',
    '  </devices>',
    ...(active ? securityLabel : []),
    '</domain>',
  ]
  return `${lines.join('\n')}\n`
}
