package io.matrixrtc.e2ee;

/**
 * A to-device event that the app has not acknowledged yet, as it is stored.
 *
 * @param id its number, which no other event of this store ever has; from 1
 * @param event the event and who sent it
 */
public record StoredInboxEvent(long id, Sealed event) {
  public StoredInboxEvent {
    if (id < 1) {
      throw new IllegalArgumentException("inbox id: want 1 or more, got " + id);
    }
  }
}
