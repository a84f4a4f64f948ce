package io.matrixrtc.session;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What an {@link OwnMembershipCore} wants done, in order. */
sealed interface OwnMembershipEffect {

  /** Put the membership event; answer with {@link OwnMembershipCore#onPublished} and {@code id}. */
  record Publish(long id, String stateKey, ObjectNode content) implements OwnMembershipEffect {}

  /** Tell the session. */
  record Report(OwnMembershipEvent event) implements OwnMembershipEffect {}
}
