// One database a service, with three login roles: owner (migrations), worker (all vendors), reader (the caller's rows only).
// Made at every start where missing, by an admin login that is used for nothing else.
import { createHmac } from 'node:crypto';
import type { DatabaseRoles } from '@deskfleet/event-store';
import { Client } from 'pg';
import { type Config, databaseName, withDatabase } from '../config/config.ts';

export interface ServiceDatabase {
  readonly name: string;
  readonly roles: DatabaseRoles;
  readonly ownerUrl: string;
  readonly workerUrl: string;
  readonly readerUrl: string;
}

type Placed = Pick<Config, 'service' | 'adminUrl' | 'databasePrefix' | 'secret'>;

// The same on every instance and host, so that starters of one cluster take turns.
const PROVISION_LOCK = 7101002;

/** Creates database and roles where they are missing and sets the roles' passwords. Safe to run from several instances at once. */
export async function provision(config: Placed): Promise<ServiceDatabase> {
  const name = databaseName(config.databasePrefix, config.service);
  const roles = { owner: `${name}_owner`, worker: `${name}_worker`, reader: `${name}_reader` };
  const admin = new Client({ connectionString: config.adminUrl, application_name: `${config.service} provisioning` });
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock($1)', [PROVISION_LOCK]);
    const { rows } = await admin.query<{ rolname: string }>('select rolname from pg_roles where rolname = any($1)', [Object.values(roles)]);
    const known = new Set(rows.map((row) => row.rolname));
    for (const role of Object.values(roles)) {
      // Only a superuser may say nosuperuser and nobypassrls, and both are what `create role` gives anyway.
      await admin.query(`${known.has(role) ? 'alter' : 'create'} role ${role} login password '${rolePassword(config.secret, role)}'`);
    }
    const found = await admin.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) {
      // A login that is no superuser must be a member of the role it gives the database to.
      await admin.query(`grant ${roles.owner} to current_user`);
      await admin.query(`create database ${name} owner ${roles.owner} template template0 encoding 'UTF8'`);
      await admin.query(`revoke all on database ${name} from public`);
      await admin.query(`grant connect on database ${name} to ${roles.worker}, ${roles.reader}`);
    }
  } finally {
    await admin.end();
  }
  const login = (role: string): string => {
    const url = new URL(withDatabase(config.adminUrl, name));
    url.username = role;
    url.password = rolePassword(config.secret, role);
    return url.href;
  };
  return { name, roles, ownerUrl: login(roles.owner), workerUrl: login(roles.worker), readerUrl: login(roles.reader) };
}

/** Never stored: derived anew at each start. Another secret gives other passwords, set at the next start. */
function rolePassword(secret: string, role: string): string {
  return createHmac('sha256', secret).update(`role ${role}`).digest('base64url');
}
