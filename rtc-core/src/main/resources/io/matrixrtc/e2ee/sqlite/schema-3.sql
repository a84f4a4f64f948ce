-- Version 3: what the machine keeps of rooms that it writes to, what a backup keeps of its own, and
-- which backup version has a room key as it is held.
CREATE TABLE room_row (
  kind TEXT NOT NULL,
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (kind, scope, name)
) WITHOUT ROWID;
CREATE TABLE backup_row (
  kind TEXT NOT NULL,
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (kind, scope, name)
) WITHOUT ROWID;
ALTER TABLE room_key ADD COLUMN backup_version TEXT;
CREATE INDEX room_key_backup ON room_key (backup_version, room_id, session_id);
