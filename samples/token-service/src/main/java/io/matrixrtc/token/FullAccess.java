package io.matrixrtc.token;

import java.util.List;

/**
 * The homeservers whose users may make the SFU open rooms and may hand over delayed leaves.
 *
 * @param serverNames server names as they stand in user ids; {@code *} alone means all (LK-FULL)
 */
public record FullAccess(List<String> serverNames) {
  private static final String ALL = "*";

  public FullAccess {
    serverNames = List.copyOf(serverNames);
    if (serverNames.isEmpty()) {
      throw new IllegalArgumentException(
          "name the homeservers that have full access, or * for all");
    }
  }

  /** Whether users of {@code serverName} have full access. */
  public boolean includes(String serverName) {
    return serverNames.equals(List.of(ALL)) || serverNames.contains(serverName);
  }
}
