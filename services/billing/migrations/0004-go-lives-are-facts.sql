-- When service begins is among the facts that conversations are judged by, so that a fee and the usage beside it begin at the same instant.
alter table engagements drop column launched, drop column live_at;
