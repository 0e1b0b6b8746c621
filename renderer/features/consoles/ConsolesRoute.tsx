// The address of the consoles' screen. What it shows lives above the routes, so that it outlives them.
export function ConsolesRoute() {
  return null
}
