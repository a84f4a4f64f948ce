-- Version 2: private cross-signing keys, and what is under way about them and other secrets.
CREATE TABLE own_secret (
  name TEXT PRIMARY KEY,
  sealed BLOB NOT NULL
) WITHOUT ROWID;
