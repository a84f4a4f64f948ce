-- Version 1. "sealed" columns hold AES-256-GCM values that open in their own row only; the other
-- columns are the names by which rows are found, and what is needed to order and to drop them.
CREATE TABLE store_key (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  kdf TEXT NOT NULL,
  salt BLOB NOT NULL,
  memory_kib INTEGER NOT NULL,
  passes INTEGER NOT NULL,
  parallelism INTEGER NOT NULL,
  sealed BLOB NOT NULL
);
CREATE TABLE single_value (
  name TEXT PRIMARY KEY,
  sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE olm_session (
  position INTEGER PRIMARY KEY,
  peer BLOB NOT NULL,
  session_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  last_received_at TEXT NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (peer, session_id)
);
CREATE TABLE device (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (user_id, device_id)
) WITHOUT ROWID;
CREATE TABLE removed_device (
  position INTEGER PRIMARY KEY,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  decided INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (user_id, device_id)
);
CREATE INDEX removed_device_undecided ON removed_device (position) WHERE decided = 0;
CREATE TABLE identity (
  user_id TEXT PRIMARY KEY,
  sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE tracked_user (
  user_id TEXT PRIMARY KEY,
  outdated INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE message_hash (
  position INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE
);
CREATE TABLE room_key (
  room_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  sender_key BLOB NOT NULL,
  sealed_info BLOB NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (room_id, session_id)
) WITHOUT ROWID;
CREATE INDEX room_key_sender ON room_key (sender_key);
CREATE TABLE withheld_room_key (
  position INTEGER PRIMARY KEY,
  room_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  code TEXT NOT NULL,
  sender TEXT NOT NULL,
  UNIQUE (room_id, session_id)
);
CREATE TABLE decrypted_event (
  room_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  message_index INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (room_id, session_id, message_index)
) WITHOUT ROWID;
CREATE TABLE inbox (
  id INTEGER PRIMARY KEY,
  sealed BLOB NOT NULL
);
CREATE TABLE inbox_last (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last INTEGER NOT NULL
);
INSERT INTO inbox_last VALUES (1, 0);
