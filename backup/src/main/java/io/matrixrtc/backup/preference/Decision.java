package io.matrixrtc.backup.preference;

/**
 * A decision about backups.
 *
 * @param on whether there is to be one
 * @param byUser whether the user decided, and not the app; only then is a backup deleted
 */
public record Decision(boolean on, boolean byUser) {}
