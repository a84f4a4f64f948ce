package io.matrixrtc.testkit.peers;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Fills the folders of peers with {@code npm ci}, from the user's registry; the lock files say
 * which bytes npm may accept, and no script of a package is run. A folder gets its name in one
 * step, when it is whole. Any number of threads and processes may want it at once: one fetches, the
 * others wait.
 *
 * @param cache where the folders are kept
 * @param prepared folders that somebody else has filled
 * @param node the command that is Node
 * @param npm the command that is npm
 * @param limit how long npm may take, in wall time
 */
record NpmInstaller(Path cache, Optional<Path> prepared, String node, String npm, Duration limit) {
  private static final int OLDEST_NODE = 20;
  private static final Duration NPM_LIMIT = Duration.ofMinutes(5);
  private static final int NODE_LIMIT_SECONDS = 30;

  /** A file's lock is of the whole JVM, whose threads need one of their own. */
  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  /** As the system properties say: see {@link PeerFolders}. */
  static NpmInstaller usual() {
    return new NpmInstaller(
        PeerFolders.cache(),
        PeerFolders.prepared(),
        PeerFolders.node(),
        PeerFolders.npm(),
        NPM_LIMIT);
  }

  /**
   * The peer's folder, filled if need be.
   *
   * @throws PeerUnavailableException if it cannot be had, with the next step
   */
  Path folder(NpmPeer peer) {
    checkNode(peer);
    Optional<Path> given =
        prepared.map(folder -> folder.resolve(peer.name())).filter(peer::isWhole);
    Path folder = given.orElseGet(() -> cache.resolve(peer.versionedName())).toAbsolutePath();
    if (peer.isWhole(folder)) {
      return folder;
    }
    try {
      return fetched(peer, folder);
    } catch (IOException e) {
      throw new PeerUnavailableException(
          "%s cannot be kept in %s: %s. Set %s to a folder that can be written to."
              .formatted(peer.title(), cache, e, PeerFolders.CACHE),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerUnavailableException("interrupted while npm fetched " + peer.title(), e);
    }
  }

  private void checkNode(NpmPeer peer) {
    String wanted = peer.title() + " needs Node " + OLDEST_NODE + " or newer, and ";
    String version;
    try {
      Process process =
          new ProcessBuilder(node, "--version")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(NODE_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new PeerUnavailableException(wanted + node + " --version does not answer.");
      }
      version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new PeerUnavailableException(
          "%sthere is no %s here. Install it, or set %s to where it is."
              .formatted(wanted, node, PeerFolders.NODE),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerUnavailableException("interrupted", e);
    }
    if (!version.matches("v\\d{1,6}\\..*") || major(version) < OLDEST_NODE) {
      throw new PeerUnavailableException(
          "%s%s says that it is %s. Install a newer one, or set %s to where it is."
              .formatted(wanted, node, version.isEmpty() ? "nothing" : version, PeerFolders.NODE));
    }
  }

  private static int major(String version) {
    return Integer.parseInt(version.substring(1, version.indexOf('.')));
  }

  private Path fetched(NpmPeer peer, Path folder) throws IOException, InterruptedException {
    Files.createDirectories(cache);
    Path file = folder.resolveSibling(folder.getFileName() + ".lock");
    ReentrantLock ours = LOCKS.computeIfAbsent(file, path -> new ReentrantLock());
    ours.lockInterruptibly();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      FileLock held = channel.lock(); // until the channel is closed
      if (held.isValid() && !peer.isWhole(folder)) {
        deleteHalves(folder);
        fetch(peer, folder);
      }
      return folder;
    } finally {
      ours.unlock();
    }
  }

  /** What was left by those who were interrupted. */
  private void deleteHalves(Path folder) throws IOException {
    try (Stream<Path> siblings = Files.list(cache)) {
      String name = folder.getFileName().toString();
      for (Path path : siblings.toList()) {
        String other = path.getFileName().toString();
        if (other.equals(name) || (other.startsWith(name) && other.endsWith(".part"))) {
          delete(path);
        }
      }
    }
  }

  private void fetch(NpmPeer peer, Path folder) throws IOException, InterruptedException {
    Path half = folder.resolveSibling(folder.getFileName() + ".part");
    Files.createDirectories(half);
    peer.unpack(half);
    runNpm(peer, half, folder.resolveSibling(folder.getFileName() + ".npm.log"));
    if (!peer.isWhole(half)) {
      throw new PeerUnavailableException(
          "npm was content, but %s of %s is not there. Delete %s and try again."
              .formatted(peer.probe(), peer.title(), half));
    }
    Files.move(half, folder, StandardCopyOption.ATOMIC_MOVE);
  }

  private void runNpm(NpmPeer peer, Path folder, Path log)
      throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new PeerUnavailableException(
          "%s is fetched by npm, and there is no %s here. Install it, or set %s to where it is. %s"
              .formatted(peer.title(), npm, PeerFolders.NPM, withoutNpm()),
          e);
    }
    process.getOutputStream().close();
    boolean ended = false;
    try {
      ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    String trouble =
        ended
            ? "ended with " + process.exitValue()
            : "was not done after " + limit.toSeconds() + " s";
    if (!ended || process.exitValue() != 0) {
      throw new PeerUnavailableException(
          "npm could not fetch %s: it %s%s; all that it said is in %s. Is its registry within reach (npm ping)? %s"
              .formatted(peer.title(), trouble, firstError(log), log, withoutNpm()));
    }
  }

  private static String withoutNpm() {
    return "Without npm: have another machine fill the folder that "
        + PeerFolders.PREPARED
        + " names.";
  }

  private static String firstError(Path log) throws IOException {
    List<String> lines =
        List.of(Files.readString(log, StandardCharsets.ISO_8859_1).split("\n", -1));
    return lines.stream()
        .filter(line -> line.startsWith("npm error") || line.startsWith("npm ERR!"))
        .findFirst()
        .map(line -> " (" + line + ")")
        .orElse("");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> below = Files.walk(folder)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
