package io.matrixrtc.session;

/**
 * A member event that does not count.
 *
 * @param eventId its id
 * @param sender who sent it
 * @param reason why
 * @param detail more about the reason; holds no text of the sender
 */
public record IgnoredEvent(
    String eventId, String sender, MembershipReading.IgnoreReason reason, String detail) {}
