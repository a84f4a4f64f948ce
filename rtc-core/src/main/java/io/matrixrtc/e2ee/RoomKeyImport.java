package io.matrixrtc.e2ee;

/**
 * What {@link RoomKeyArchive#merge} did.
 *
 * @param added keys that were not held
 * @param improved keys that read further back now, or whose history may be shared now
 * @param unchanged keys that say nothing new, or contradict what is held
 */
public record RoomKeyImport(int added, int improved, int unchanged) {}
