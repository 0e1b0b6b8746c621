// A line through values as an SVG path: where a value is missing the line has a gap, never a bridge.

export function gappedPath(values: readonly (number | null)[], x: (index: number) => number, y: (value: number) => number): string {
  let path = ''
  let pen = 'M'
  for (const [index, value] of values.entries()) {
    if (value === null) pen = 'M'
    else {
      path += `${pen}${x(index).toFixed(1)} ${y(value).toFixed(1)}`
      pen = 'L'
    }
  }
  return path
}
