package io.matrixrtc.session;

import java.time.Duration;

/** What an {@link OwnMembershipCore} wants done, in order. */
sealed interface OwnMembershipEffect {

  /** Send the event; answer with {@link OwnMembershipCore#onPublished} and {@code id}. */
  record Publish(long id, OutgoingEvent event) implements OwnMembershipEffect {}

  /** Have it sent later; answer with {@link OwnMembershipCore#onScheduled} and {@code id}. */
  record Schedule(long id, OutgoingEvent event, Duration delay) implements OwnMembershipEffect {}

  /** Do this to it; answer with {@link OwnMembershipCore#onUpdated} and {@code id}. */
  record Update(long id, DelayId delayId, DelayedAction action) implements OwnMembershipEffect {}

  /** Tell the session. */
  record Report(OwnMembershipEvent event) implements OwnMembershipEffect {}
}
