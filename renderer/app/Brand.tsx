// The app's mark, as in its icon: a flint arrowhead that is also a prompt, and its cursor.

export function Brand({ sizePx = 18 }: { readonly sizePx?: number }) {
  return (
    <svg width={sizePx} height={sizePx} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#2f4cc4" />
      <path d="M6 6 24 15H12z" fill="#ffffff" />
      <path d="M6 24 24 15H12z" fill="#b4c2fa" />
      <rect x="16" y="22" width="12" height="4" rx="1" fill="#ffb545" />
    </svg>
  )
}
