-- Version 4: hashes of messages as they came, in one row for each write. An index over them would
-- cost most of what a write costs; questions (of messages that start a session, or that cannot be
-- decrypted) are answered from memory, once the rows were read.
CREATE TABLE message_hashes (
  last INTEGER PRIMARY KEY, -- how many hashes were written up to the last one of this row
  hashes TEXT NOT NULL
);
INSERT INTO message_hashes SELECT position, hash FROM message_hash;
DROP TABLE message_hash;
