package io.matrixrtc.backup.download;

import io.matrixrtc.backup.roomkey.DamagedKeyException.Reason;

/** An entry that cannot be used, to be listed; the ids are as the server gave them, cut at 255. */
public record DamagedEntry(String roomId, String sessionId, Reason reason) {}
