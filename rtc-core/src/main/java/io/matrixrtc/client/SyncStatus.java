package io.matrixrtc.client;

import java.time.Instant;

/** How the sync loop fares. */
public sealed interface SyncStatus {

  /** The last sync worked, at {@code at}. */
  record Running(Instant at) implements SyncStatus {}

  /** Syncs have failed {@code inRow} times; the next try is at {@code nextTry}. */
  record Failing(ApiFailure failure, int inRow, Instant nextTry) implements SyncStatus {}

  /**
   * No room for the to-device events of a sync (INBOX-FULL): syncs go on when the app has
   * acknowledged enough. Nothing is lost, the homeserver keeps them.
   */
  record InboxFull() implements SyncStatus {}

  /** The login is softly logged out: syncs go on as soon as the client is given a new one. */
  record Suspended(ApiFailure.LoggedOut failure) implements SyncStatus {}

  /** The loop has ended and will not go on: the homeserver does not accept this login any more. */
  record Ended(ApiFailure failure) implements SyncStatus {}

  /**
   * The loop has ended because of a defect of this program, which the log names. Open the client
   * again.
   */
  record Broken(String why) implements SyncStatus {}
}
