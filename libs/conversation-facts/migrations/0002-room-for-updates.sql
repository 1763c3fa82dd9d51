-- A live conversation's row is written again with each of its messages. With room on its page that touches no index (a HOT update); without, each
-- update goes to another page and writes an entry to every index.
alter table fact_conversations set (fillfactor = 45);
