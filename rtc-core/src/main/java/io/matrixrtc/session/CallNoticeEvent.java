package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A call notification (MSC4075) or a decline (MSC4310), decrypted if it was encrypted. Nothing in
 * it is checked.
 *
 * @param eventId its id
 * @param type {@value #NOTIFICATION} or {@value #DECLINE}
 * @param sender who sent it, the server's word
 * @param originServerTs when the sender's homeserver accepted it
 * @param content its content
 * @param mayMentionRoom whether the room's power levels let the sender notify everyone
 */
public record CallNoticeEvent(
    String eventId,
    String type,
    String sender,
    Instant originServerTs,
    ObjectNode content,
    boolean mayMentionRoom) {
  /** The unstable event type of call notifications. */
  public static final String NOTIFICATION = "org.matrix.msc4075.rtc.notification";

  /** The unstable event type of declines. */
  public static final String DECLINE = "org.matrix.msc4310.rtc.decline";

  public CallNoticeEvent {
    content = content.deepCopy();
  }

  @Override
  public ObjectNode content() {
    return content.deepCopy();
  }
}
