-- A live conversation's row is written again with each of its messages: with room on its page that touches no index (a HOT update).
alter table sla_conversations set (fillfactor = 45);
