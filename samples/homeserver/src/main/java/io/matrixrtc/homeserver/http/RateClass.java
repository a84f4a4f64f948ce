package io.matrixrtc.homeserver.http;

/** Groups of requests that are limited together. */
public enum RateClass {
  /** Sending events and state, per user. */
  MESSAGES,
  /** Cancel, restart and send of delayed events, per user or, without token, per address. */
  DELAYED_EVENTS,
  /** Per address. */
  LOGIN,
  /** Per address. */
  REGISTRATION,
  /** Per user. */
  JOINS,
  /** Per user. */
  INVITES,
  /** Sending to devices, per user. */
  TO_DEVICE,
  /** Reading and writing the keys of a backup, per user. */
  BACKUP,
  /** Uploads and downloads of media, per user. */
  MEDIA
}
