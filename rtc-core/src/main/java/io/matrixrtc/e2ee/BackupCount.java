package io.matrixrtc.e2ee;

/**
 * How many room keys a backup has.
 *
 * @param total room keys that are held
 * @param backedUp those of them that the backup version has, as they are held
 */
public record BackupCount(long total, long backedUp) {}
