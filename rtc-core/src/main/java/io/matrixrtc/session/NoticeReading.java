package io.matrixrtc.session;

/** What a {@link CallNoticeEvent} says. */
public sealed interface NoticeReading {

  /** Someone tells of a call. */
  record Notified(CallNotification notification) implements NoticeReading {}

  /** Someone does not want to join. */
  record Declined(String sender, String notificationEventId) implements NoticeReading {}

  /**
   * It says nothing that counts.
   *
   * @param detail the field at fault; holds no text of the sender
   */
  record Ignored(MembershipReading.IgnoreReason reason, String detail) implements NoticeReading {}
}
