package io.matrixrtc.client;

/** Who says that a to-device event is dealt with, so that no later run is given it again. */
public enum Acknowledgement {
  /**
   * The client, once its listeners have returned or thrown: for apps that act on an event at once.
   */
  AFTER_LISTENERS,

  /**
   * The app, by {@link EncryptedClient#acknowledge}: for apps that put it elsewhere first. While
   * 10,000 events wait, the client takes no sync ({@link SyncStatus.InboxFull}).
   */
  BY_APP
}
