// A customer as he is called: by his name, or by his address where Paymenter has no name.

interface Named {
  readonly firstName: string | null
  readonly lastName: string | null
  readonly email: string
}

export function customerName({ firstName, lastName, email }: Named): string {
  return `${firstName ?? ''} ${lastName ?? ''}`.trim() || email
}
