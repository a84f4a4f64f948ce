package io.matrixrtc.client;

import java.net.URI;

/** What became of looking for a homeserver by its name, by what an app does next. */
public sealed interface DiscoveryOutcome {

  /** It was found, and answers. */
  record Found(URI baseUrl, ServerVersions versions) implements DiscoveryOutcome {}

  /**
   * The server publishes nothing ({@code IGNORE}): try {@code guess}, or ask for an address.
   *
   * @param guess the server name as an address; nobody has tried it
   */
  record NothingPublished(URI guess) implements DiscoveryOutcome {}

  /** What is published cannot be read ({@code FAIL_PROMPT}): say so, and ask for an address. */
  record AskForAddress(String why) implements DiscoveryOutcome {}

  /** What is published is wrong ({@code FAIL_ERROR}): say so, and do not go on. */
  record Unusable(String why) implements DiscoveryOutcome {}
}
