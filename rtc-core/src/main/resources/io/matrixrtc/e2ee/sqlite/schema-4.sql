-- Version 4: hashes of messages as they came, in one row for each write. An index over them would
-- cost most of what a write costs, and is needed only when a message cannot be decrypted.
CREATE TABLE message_hashes (
  last INTEGER PRIMARY KEY, -- how many hashes were written up to the last one of this row
  hashes TEXT NOT NULL
);
INSERT INTO message_hashes SELECT position, hash FROM message_hash;
DROP TABLE message_hash;
