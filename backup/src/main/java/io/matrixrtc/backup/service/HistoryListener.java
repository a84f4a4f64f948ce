package io.matrixrtc.backup.service;

import io.matrixrtc.backup.sharing.BundleInbox;

/** Told of history that others share with us. Called on a thread of the service. */
public interface HistoryListener {
  /**
   * A bundle that we waited for was dealt with.
   *
   * @param roomId the room
   * @param sender who shared it; to be shown with the messages that it opens
   * @param outcome whether it was imported
   * @param keys how many keys brought something new
   * @param why in English, why it was not imported; empty if it was
   */
  default void bundle(
      String roomId, String sender, BundleInbox.Outcome outcome, int keys, String why) {}

  /** A bundle was offered that nobody waits for; nothing is fetched. */
  default void offered(String roomId, String sender) {}

  /** The store failed. */
  default void broken(Exception why) {}
}
