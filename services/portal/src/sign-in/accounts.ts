// The accounts of the embedded identity provider: one demo sign-in per role, and those that invited people make for themselves.
import type { Tx } from '@deskfleet/event-store';
import type { Role } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { hashPassword, passwordMatches } from './secrets.ts';

export interface Account {
  readonly subject: string;
  readonly login: string;
  readonly name: string;
}

/** Demo sign-ins: the login is the subject. `client` gets its membership by an invitation, once there is a client. */
export const DEMO_ACCOUNTS: readonly (Account & { readonly role: Role })[] = [
  { subject: 'operations', login: 'operations', name: '运营 Operations', role: 'vendor-operations' },
  { subject: 'lead', login: 'lead', name: '主管 Team lead', role: 'team-lead' },
  { subject: 'inspector', login: 'inspector', name: '质检 Inspector', role: 'qa-inspector' },
  { subject: 'finance', login: 'finance', name: '财务 Finance', role: 'finance' },
  { subject: 'client', login: 'client', name: '客户 Client', role: 'client' },
];

type Work = <T>(task: (tx: Tx) => Promise<T>) => Promise<T>;

export class Accounts {
  readonly #work: Work;
  readonly #demoPassword: string;

  constructor(work: Work, demoPassword: string) {
    this.#work = work;
    this.#demoPassword = demoPassword;
  }

  /** The account of a login, when the password is its own. */
  async signIn(login: string, password: string): Promise<Account | undefined> {
    const wanted = login.trim().toLowerCase();
    const demo = DEMO_ACCOUNTS.find((account) => account.login === wanted);
    if (demo !== undefined) return password === this.#demoPassword ? demo : undefined;
    const row = await this.#work(async (tx) => {
      const { rows } = await sql<
        Account & { password_hash: string }
      >`select subject, login, name, password_hash from sign_in_accounts where login = ${wanted}`.execute(tx);
      return rows[0];
    });
    // An unknown login costs as much time as a wrong password.
    const matches = await passwordMatches(password, row?.password_hash ?? NO_ACCOUNT);
    return row !== undefined && matches ? row : undefined;
  }

  async find(subject: string): Promise<Account | undefined> {
    const demo = DEMO_ACCOUNTS.find((account) => account.subject === subject);
    if (demo !== undefined) return demo;
    return this.#work(async (tx) => {
      const { rows } = await sql<Account>`select subject, login, name from sign_in_accounts where subject = ${subject}`.execute(tx);
      return rows[0];
    });
  }

  /** Makes an account; false when the login is taken. The same subject again keeps the account it has. */
  async create(account: Account, vendorId: string, password: string): Promise<boolean> {
    const login = account.login.trim().toLowerCase();
    if (DEMO_ACCOUNTS.some((demo) => demo.login === login)) return false;
    const hash = await hashPassword(password);
    return this.#work(async (tx) => {
      await sql`
        insert into sign_in_accounts (subject, vendor_id, login, name, password_hash) values (${account.subject}, ${vendorId}, ${login}, ${account.name}, ${hash})
        on conflict do nothing`.execute(tx);
      const { rows } = await sql<{ subject: string }>`select subject from sign_in_accounts where login = ${login}`.execute(tx);
      return rows[0]?.subject === account.subject;
    });
  }
}

const NO_ACCOUNT = `${Buffer.alloc(16).toString('base64url')}.${Buffer.alloc(32).toString('base64url')}`;
