-- The conversation first, as in the log: it tells rows apart at the first comparison, where every row of a vendor begins with the same id.
alter table sla_conversations drop constraint sla_conversations_pkey, add primary key (conversation_id, vendor_id);
alter table sla_clocks drop constraint sla_clocks_pkey, add primary key (conversation_id, vendor_id, clause_key, round);
