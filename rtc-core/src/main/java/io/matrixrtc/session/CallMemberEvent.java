package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A state event of type {@value #TYPE}, as the homeserver delivered it. Nothing in it is checked.
 *
 * @param eventId its id
 * @param stateKey its state key
 * @param sender who sent it, the server's word
 * @param originServerTs when the server accepted it
 * @param content its content; {@code {}} after a leave
 */
public record CallMemberEvent(
    String eventId, String stateKey, String sender, Instant originServerTs, ObjectNode content)
    implements MemberEvent {
  /** The event type of MSC3401 memberships, which no stable name has replaced. */
  public static final String TYPE = "org.matrix.msc3401.call.member";

  public CallMemberEvent {
    content = content.deepCopy();
  }

  @Override
  public ObjectNode content() {
    return content.deepCopy();
  }

  /** Whether the content is {@code {}}: a leave. */
  boolean isEmpty() {
    return content.isEmpty();
  }
}
