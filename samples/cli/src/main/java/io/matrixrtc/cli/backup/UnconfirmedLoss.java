package io.matrixrtc.cli.backup;

import io.matrixrtc.backup.upload.UnconfirmedLossException;
import io.matrixrtc.cli.failure.CommandFailure;

/** What to say when keys would be lost that nobody gave up. */
final class UnconfirmedLoss {
  private UnconfirmedLoss() {}

  static CommandFailure failure(UnconfirmedLossException refused) {
    return new CommandFailure(
        refused.getMessage()
            + ". Bring them with: backup restore, or give --confirm-loss "
            + refused.keys()
            + ".");
  }
}
