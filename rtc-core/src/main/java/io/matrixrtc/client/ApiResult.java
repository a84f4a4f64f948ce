package io.matrixrtc.client;

import java.util.function.Function;

/**
 * The end of a request: a value, or why there is none.
 *
 * @param <T> what the request gives
 */
public sealed interface ApiResult<T> {

  /** It worked. */
  record Ok<T>(T value) implements ApiResult<T> {}

  /** It did not. */
  record Failed<T>(ApiFailure failure) implements ApiResult<T> {}

  /** Returns the result with its value mapped. */
  default <R> ApiResult<R> map(Function<? super T, ? extends R> mapping) {
    return fold(value -> new Ok<>(mapping.apply(value)), Failed::new);
  }

  /** Returns what the fitting function makes of it. */
  default <R> R fold(
      Function<? super T, ? extends R> ok, Function<ApiFailure, ? extends R> failed) {
    if (this instanceof Ok<T> good) {
      return ok.apply(good.value());
    } else if (this instanceof Failed<T> bad) {
      return failed.apply(bad.failure());
    }
    throw new IllegalStateException("unknown result");
  }

  /**
   * Returns the value, for programs that can do nothing without it.
   *
   * @throws IllegalStateException with the failure's sentence, if there is none
   */
  default T orThrow() {
    return fold(
        value -> value,
        failure -> {
          throw new IllegalStateException(failure.sentence());
        });
  }
}
