package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * An event that may state a membership, as the homeserver delivered it. Nothing in it is checked.
 */
public sealed interface MemberEvent permits CallMemberEvent, StickyMemberEvent {
  /** Its id. */
  String eventId();

  /** Who sent it, the server's word. */
  String sender();

  /** When the sender's homeserver accepted it. */
  Instant originServerTs();

  /** Its content, a copy. */
  ObjectNode content();
}
