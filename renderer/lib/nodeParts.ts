// The parts of a node's page besides its overview, as they stand in an address.
export const nodeParts = ['storage', 'images', 'networks', 'activity', 'access'] as const
export type NodePart = (typeof nodeParts)[number]
