// Brings a service's database what projections and timers need: checkpoints and timer rows, with the policies of its three roles.
import { type DatabaseRoles, rowPolicies } from '@deskfleet/event-store';
import type { Pool } from 'pg';
import { asOwner, identifier } from './database.ts';

const TABLES = `
  -- How far each build of each version of each projection has come. At most one of a name is live: its table stands behind the view.
  create table if not exists projection_checkpoints (
    name       text collate "C" not null,
    version    integer not null,
    position   bigint  not null,
    live       boolean not null,
    definition text    not null, -- what the table was made from: a change without a new version is refused
    primary key (name, version)
  );
  alter table projection_checkpoints
    add column if not exists build      integer not null default 1,    -- counts the copies of one version: a rebuild makes the next
    add column if not exists following  boolean not null default true, -- live, or being built to become it; one that is kept stands still
    add column if not exists started_at bigint  not null default 0,    -- epoch ms: when it began to be built
    add column if not exists live_at    bigint  not null default 0;    -- epoch ms: when it was swapped in last; 0 = never, or live from its first row
  do $$ begin
    if (select cardinality(conkey) from pg_constraint where conname = 'projection_checkpoints_pkey') < 3 then
      alter table projection_checkpoints drop constraint projection_checkpoints_pkey, add primary key (name, version, build);
    end if;
  end $$;
  create unique index if not exists projection_checkpoints_live on projection_checkpoints (name) where live;

  create table if not exists timers (
    vendor_id  text collate "C" not null,
    shop_id    text collate "C",
    kind       text collate "C" not null,
    key        text collate "C" not null,
    due_at     bigint  not null,           -- epoch ms
    stream_id  text collate "C" not null,
    held_until bigint  not null default 0, -- epoch ms by the database's clock; leased, or waiting to be tried again
    attempts   integer not null default 0,
    error      text,
    primary key (key, kind, vendor_id) -- what tells timers apart first: those of a vendor and kind begin alike
  ) with (fillfactor = 80);
  do $$ begin
    if (select pg_get_constraintdef(oid) from pg_constraint where conname = 'timers_pkey' and conrelid = 'timers'::regclass) = 'PRIMARY KEY (vendor_id, kind, key)' then
      alter table timers drop constraint timers_pkey, add primary key (key, kind, vendor_id);
    end if;
  end $$;
  create index if not exists timers_due on timers (kind, due_at);`;

const INSTALL_LOCK = 1684434286;

/** Installs or brings up to date, as the database's owner. Safe to run at every start. Without roles no policy is made (superusers only). */
export async function installReadModel(owner: Pool, roles?: DatabaseRoles): Promise<void> {
  await asOwner(owner, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [INSTALL_LOCK]);
    await client.query(TABLES);
    if (roles !== undefined) await client.query(rolesSql(roles));
  });
}

function rolesSql(roles: DatabaseRoles): string {
  const [owner, worker] = [identifier(roles.owner), identifier(roles.worker)];
  return `
    alter table projection_checkpoints enable row level security;
    alter table projection_checkpoints force row level security;
    drop policy if exists own_service on projection_checkpoints;
    create policy own_service on projection_checkpoints to ${owner}, ${worker} using (true) with check (true);
    grant select, insert, update on projection_checkpoints to ${worker};
    ${rowPolicies('timers', roles, true)}
    grant select, insert, update, delete on timers to ${worker};`;
}
