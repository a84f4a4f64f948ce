package io.matrixrtc.testkit.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the parts of other implementations are, by system properties. Any thread may call; values
 * are read anew each time.
 */
public final class PeerFolders {
  /**
   * The folder that npm's downloads are kept in. Unless set: the environment's {@code
   * MATRIXRTC_CACHE}, else {@code matrixrtc} below {@code XDG_CACHE_HOME} or {@code ~/.cache}.
   */
  public static final String CACHE = "matrixrtc.peers.cache";

  /**
   * A folder that somebody has filled beforehand, for machines without npm or a registry. A peer
   * {@code NAME} whose {@code NAME/node_modules} is there is taken from it as it is, any other from
   * the cache. A folder of the cache, renamed, is such a peer.
   */
  public static final String PREPARED = "matrixrtc.peers.prepared";

  /** Where peers write their logs; {@code target/call-peers} unless set. */
  public static final String LOGS = "matrixrtc.peers.logs";

  /** The command that is Node; {@code node} unless set. */
  public static final String NODE = "matrixrtc.peers.node";

  /** The command that is npm; {@code npm} unless set. */
  public static final String NPM = "matrixrtc.peers.npm";

  private PeerFolders() {}

  static Path cache() {
    return set(System.getProperty(CACHE))
        .or(() -> set(System.getenv("MATRIXRTC_CACHE")))
        .map(Path::of)
        .orElseGet(
            () ->
                set(System.getenv("XDG_CACHE_HOME"))
                    .map(Path::of)
                    .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                    .resolve("matrixrtc"));
  }

  static Optional<Path> prepared() {
    return set(System.getProperty(PREPARED)).map(Path::of);
  }

  static String node() {
    return set(System.getProperty(NODE)).orElse("node");
  }

  static String npm() {
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    return set(System.getProperty(NPM)).orElse(windows ? "npm.cmd" : "npm");
  }

  /** A log file that is not there yet. */
  static Path newLog(String name) {
    Path folder = Path.of(set(System.getProperty(LOGS)).orElse("target/call-peers"));
    try {
      Files.createDirectories(folder);
      return Files.createTempFile(folder, name.replaceAll("[^A-Za-z0-9]+", "-") + "-", ".log");
    } catch (IOException e) {
      throw new PeerUnavailableException(
          "no log can be written to " + folder + ": " + e + ". Set " + LOGS + " to a folder.", e);
    }
  }

  private static Optional<String> set(String value) {
    return Optional.ofNullable(value).filter(text -> !text.isBlank());
  }
}
