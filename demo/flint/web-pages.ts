// Everything outside of /api: the login form, which answers 200 whether or not the passphrase was right, and the page behind it.
import { empty, html, type Answer } from './answers.ts'
import type { SimulatedHost } from './host.ts'

function loginForm(refused: boolean): Answer {
  const complaint = refused ? '<p class="error">Invalid passphrase</p>' : ''
  return html(
    200,
    `<!DOCTYPE html>
<html>
<head><title>Flint - Login</title></head>
<body>
  <h2>Flint Web UI</h2>
  ${complaint}
  <form method="POST" action="/login">
    <input type="password" name="passphrase" placeholder="Enter passphrase" required>
    <button type="submit">Login</button>
  </form>
</body>
</html>`,
  )
}

/** Answers a path outside of /api. */
export function webAnswer(host: SimulatedHost, method: string, path: string, body: string, hasSession: boolean): Answer {
  if (hasSession) {
    if (method !== 'GET') return { ...empty(405), headers: { Allow: 'GET' } }
    return html(200, '<!DOCTYPE html>\n<html><head><title>Flint</title></head><body><div id="root"></div></body></html>\n')
  }
  if (method !== 'POST' || path !== '/login') return loginForm(false)
  const passphrase = new URLSearchParams(body).get('passphrase') ?? ''
  if (passphrase === '' || passphrase !== host.options.passphrase) return loginForm(true)
  const cookie = `flint_session=${host.openSession()}; Path=/; Max-Age=86400; HttpOnly`
  return { ...empty(303), headers: { Location: '/', 'Set-Cookie': cookie } }
}
