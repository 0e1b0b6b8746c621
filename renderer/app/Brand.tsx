// The app's mark: a struck flint, drawn for small sizes.

export function Brand({ sizePx = 18 }: { readonly sizePx?: number }) {
  return (
    <svg width={sizePx} height={sizePx} viewBox="0 0 18 18" aria-hidden="true">
      <rect width="18" height="18" rx="5" fill="var(--c1)" />
      <path d="M10.6 3.2 5 10h3.4l-1 4.8L13 8H9.6z" fill="var(--on-accent)" />
    </svg>
  )
}
