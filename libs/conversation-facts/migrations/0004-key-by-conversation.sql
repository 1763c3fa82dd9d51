-- The conversation first, as in the log: it tells rows apart at the first comparison, where every row of a vendor begins with the same id.
alter table fact_conversations drop constraint fact_conversations_pkey, add primary key (conversation_id, vendor_id);
