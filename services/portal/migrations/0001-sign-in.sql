-- Who is signed in, the accounts of the embedded sign-in, and which shops a client has. No query of a user reads these: to_reader => false.

create table sessions (
  id_hash bytea primary key,        -- SHA-256 of the cookie's value
  vendor_id text not null,          -- empty: signed in, no access given
  issuer text not null,
  subject text not null,
  name text not null,
  expires_at bigint not null        -- epoch ms
);
create index sessions_person on sessions (issuer, subject);
create index sessions_expiry on sessions (expires_at);
select protect_table('sessions', by_shop => false, to_reader => false);

create table sign_in_accounts (
  subject text primary key,
  vendor_id text not null,          -- the vendor whose invitation made it
  login text not null,              -- lower case
  name text not null,
  password_hash text not null       -- scrypt: <salt>.<hash>, base64url
);
create unique index sign_in_accounts_login on sign_in_accounts (login);
select protect_table('sign_in_accounts', by_shop => false, to_reader => false);

create table client_shops (
  vendor_id text not null,
  client_id text not null,
  shop_id text not null,
  primary key (vendor_id, shop_id)
);
create index client_shops_client on client_shops (vendor_id, client_id);
select protect_table('client_shops', to_reader => false);
