package io.matrixrtc.token.leave;

import io.vertx.core.Future;

/** Tells whether a participant is at the SFU. */
@FunctionalInterface
public interface SfuPresence {

  /** Fails if the SFU does not tell. */
  Future<Boolean> isPresent(String roomAlias, String identity);
}
