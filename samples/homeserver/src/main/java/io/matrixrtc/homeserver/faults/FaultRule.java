package io.matrixrtc.homeserver.faults;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which requests meet a fault, and how many of them.
 *
 * @param method the HTTP method, or empty for any
 * @param path found anywhere in the raw path, the query left out
 * @param userId who asks, or empty for anyone
 * @param times how many requests meet it; {@link #ALWAYS} for all
 */
public record FaultRule(
    Optional<String> method, Pattern path, Optional<String> userId, int times, Fault fault) {
  public static final int ALWAYS = Integer.MAX_VALUE;

  public FaultRule {
    if (times < 1) {
      throw new IllegalArgumentException("fault rule: want 1 time or more, got " + times);
    }
  }

  /** The next request whose path holds a match of {@code pathRegex} meets {@code fault}. */
  public static FaultRule on(String pathRegex, Fault fault) {
    return new FaultRule(Optional.empty(), Pattern.compile(pathRegex), Optional.empty(), 1, fault);
  }

  public FaultRule method(String name) {
    return new FaultRule(Optional.of(name), path, userId, times, fault);
  }

  public FaultRule user(String id) {
    return new FaultRule(method, path, Optional.of(id), times, fault);
  }

  public FaultRule times(int count) {
    return new FaultRule(method, path, userId, count, fault);
  }

  public FaultRule always() {
    return times(ALWAYS);
  }

  boolean matches(String requestMethod, String requestPath, Optional<String> requestUser) {
    return method.map(requestMethod::equals).orElse(true)
        && userId.map(id -> requestUser.map(id::equals).orElse(false)).orElse(true)
        && path.matcher(requestPath).find();
  }
}
