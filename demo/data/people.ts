// The customers' names: believable ones, and those that break careless software.
import type { PropertyRow, UserRow } from '../paymenter/rows.ts'
import type { Dice } from './random.ts'

const FIRST_NAMES = [
  'Aarav', 'Aditi', 'Ananya', 'Arjun', 'Asha', 'Deepak', 'Divya', 'Farhan', 'Gauri', 'Harish', 'Imran', 'Ishita', 'Kabir', 'Kavya',
  'Lakshmi', 'Manoj', 'Meera', 'Nikhil', 'Nisha', 'Pooja', 'Prakash', 'Priya', 'Rahul', 'Ravi', 'Rohan', 'Sana', 'Sanjay', 'Shreya',
  'Sunil', 'Tanvi', 'Varun', 'Vikram', 'Yash', 'Zara', 'Anna', 'Chen', 'Diego', 'Elena', 'Fatima', 'Hiroshi', 'James', 'Jürgen',
  'Kofi', 'Lucía', 'Marek', 'Nora', 'Olga', 'Pierre', 'Sofia', 'Wei',
]
const LAST_NAMES = [
  'Agarwal', 'Ahmed', 'Banerjee', 'Bhat', 'Chatterjee', 'Desai', 'Fernandes', 'Gupta', 'Iyer', 'Jain', 'Joshi', 'Kapoor', 'Khan',
  'Kulkarni', 'Kumar', 'Menon', 'Mishra', 'Nair', 'Patel', 'Pillai', 'Rao', 'Reddy', 'Sharma', 'Shetty', 'Singh', 'Sinha', 'Verma',
  'García', 'Kowalski', 'Lindqvist', 'Mensah', 'Müller', 'O’Brien', 'Okafor', 'Rossi', 'Schmidt', 'Silva', 'Smith', 'Tanaka', 'Zhang',
]
const CITIES = ['Bengaluru', 'Hyderabad', 'Mumbai', 'Pune', 'Chennai', 'Delhi', 'Kochi', 'Kolkata', 'Jaipur', 'Berlin', 'Singapore']

interface Person {
  first: string | null
  last: string | null
  /** The part of the address before the `@`. */
  mailbox: string
}

/** At these places in the list of customers stands somebody whose name is a test. */
const UNUSUAL_PEOPLE: ReadonlyMap<number, Person> = new Map([
  [2, { first: null, last: 'Subramaniam', mailbox: 'subramaniam' }],
  [5, { first: 'Mononymous', last: null, mailbox: 'mononymous' }],
  [8, { first: 'Robert', last: '<script>alert("billing")</script>', mailbox: 'robert' }],
  [11, { first: 'प्रिया', last: 'शर्मा', mailbox: 'priya.sharma' }],
  [14, { first: 'يوسف', last: 'الحداد', mailbox: 'youssef' }],
  [17, { first: 'Pixel 🚀', last: 'Studio 👩‍💻', mailbox: 'hello.pixel' }],
  [
    20,
    {
      first: 'Venkata Naga Satya Surya Lakshmi Narasimha Prabhakara Chandrasekhara',
      last: 'Raghunatha Subrahmanya Sastry Vedantam Visvanatha Garu of Rajamahendravaram and Sons Private Limited',
      mailbox: 'vedantam',
    },
  ],
  [23, { first: '小龙', last: '李', mailbox: 'li.xiaolong' }],
  [26, { first: 'נועה', last: 'לוי', mailbox: 'noa.levi' }],
  [29, { first: null, last: null, mailbox: 'info' }],
  [32, { first: 'Seán', last: "O'Hara; DROP TABLE users;--", mailbox: 'sean' }],
])

export interface CustomerData {
  users: UserRow[]
  properties: PropertyRow[]
}

/** Customers in the order of their ids, each made at the given instant (UTC ms) of its own. */
export function makeCustomers(createdAt: readonly number[], dice: Dice): CustomerData {
  const users: UserRow[] = []
  const properties: PropertyRow[] = []
  for (const [index, created_at] of createdAt.entries()) {
    const id = index + 1
    const person = UNUSUAL_PEOPLE.get(index) ?? ordinaryPerson(dice)
    const times = { created_at, updated_at: created_at }
    users.push({
      id,
      first_name: person.first,
      last_name: person.last,
      email: `${person.mailbox}${id}@example.com`,
      email_verified_at: dice.chance(0.8) ? created_at + 600_000 : null,
      role_id: null,
      ...times,
    })
    const facts: [string, string, string][] = [['Phone', 'phone', `+91 98450 ${String(10_000 + id).padStart(5, '0')}`]]
    if (dice.chance(0.7)) facts.push(['City', 'city', dice.pick(CITIES)])
    for (const [name, key, value] of facts) {
      properties.push({ id: properties.length + 1, owner_type: 'user', owner_id: id, name, key, value, ...times })
    }
  }
  return { users, properties }
}

/** What is left of a name in a mail address. */
function ascii(text: string): string {
  return text.normalize('NFD').replace(/[^A-Za-z]/g, '').toLowerCase()
}

function ordinaryPerson(dice: Dice): Person {
  const first = dice.pick(FIRST_NAMES)
  const last = dice.pick(LAST_NAMES)
  return { first, last, mailbox: `${ascii(first)}.${ascii(last)}` }
}
