package io.matrixrtc.backup.secrets;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * Our user's global account data on the homeserver, behind which the app puts its HTTP client. Both
 * methods block: call what uses them from a worker thread.
 *
 * <p>Source: Matrix specification, {@code /user/{userId}/account_data/{type}}.
 */
public interface AccountData {
  /**
   * Returns the content as the server has it now, not from a cache; empty if it was never set. The
   * caller owns it.
   *
   * @throws AccountDataException if the server did not answer that
   */
  Optional<ObjectNode> read(String type) throws AccountDataException;

  /**
   * Replaces the content; when this returns, the server has it.
   *
   * @throws AccountDataException if that is not sure; it may have happened all the same
   */
  void write(String type, ObjectNode content) throws AccountDataException;
}
