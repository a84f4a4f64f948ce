package io.matrixrtc.homeserver.backup;

/**
 * An entry on its way to a client.
 *
 * @param json the entry as JSON text
 */
public record BackupEntry(String sessionId, String json) {}
