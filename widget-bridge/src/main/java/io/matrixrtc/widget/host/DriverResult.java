package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.MatrixApiError;
import java.util.Optional;

/**
 * What became of a call to a port.
 *
 * @param <A> what it answers
 */
public sealed interface DriverResult<A> {

  /** It worked. */
  record Done<A>(A answer) implements DriverResult<A> {}

  /**
   * It did not.
   *
   * @param reason for logs, without secrets; widgets are told a fixed text instead
   * @param cause the homeserver's refusal, if it was one
   */
  record Failed<A>(String reason, Optional<MatrixApiError> cause) implements DriverResult<A> {}

  static <A> DriverResult<A> done(A answer) {
    return new Done<>(answer);
  }

  static <A> DriverResult<A> failed(String reason) {
    return new Failed<>(reason, Optional.empty());
  }

  static <A> DriverResult<A> refused(MatrixApiError cause) {
    return new Failed<>("HTTP status " + cause.httpStatus(), Optional.of(cause));
  }
}
