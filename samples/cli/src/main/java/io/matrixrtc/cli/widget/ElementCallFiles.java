package io.matrixrtc.cli.widget;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The embedded build of Element Call: a folder that the user names, or one that npm fills the first
 * time, from the user's registry. The lock file beside this class says which bytes npm may accept.
 */
public final class ElementCallFiles {
  /** The version that is fetched. */
  public static final String VERSION = "0.26.1";

  private static final List<String> RESOURCES = List.of("package.json", "package-lock.json");
  private static final int MINUTES = 5;
  private static final Path DIST = Path.of("node_modules/@element-hq/element-call-embedded/dist");

  private ElementCallFiles() {}

  /** Where fetched files are kept: {@code MATRIXRTC_CACHE}, else below the user's cache folder. */
  public static Path usualCache() {
    String own = System.getenv("MATRIXRTC_CACHE");
    String user = System.getenv("XDG_CACHE_HOME");
    if (own != null && !own.isBlank()) {
      return Path.of(own);
    }
    return (user != null && !user.isBlank()
            ? Path.of(user)
            : Path.of(System.getProperty("user.home"), ".cache"))
        .resolve("matrixrtc");
  }

  /**
   * The folder with {@code index.html}, taken as it is.
   *
   * @throws HostingException if it has none
   */
  public static Path given(Path folder) throws HostingException {
    for (Path candidate : List.of(folder, folder.resolve("dist"))) {
      if (Files.isRegularFile(candidate.resolve("index.html"))) {
        return candidate;
      }
    }
    throw new HostingException(
        folder + " holds no index.html. Name the dist folder of Element Call's embedded build.");
  }

  /**
   * The folder with {@code index.html} below {@code cache}, fetched if it is not there. Several
   * threads and processes may want it at once: each finds it whole, or fetches it by itself.
   *
   * @throws HostingException if it cannot be fetched
   */
  public static Path fetched(Path cache) throws HostingException {
    Path folder = cache.resolve("element-call-" + VERSION);
    if (isWhole(folder)) {
      return folder.resolve(DIST);
    }
    try {
      Files.createDirectories(cache);
      Path fresh = Files.createTempDirectory(cache, "element-call-");
      try {
        fetch(fresh);
        keep(fresh, folder);
      } finally {
        delete(fresh);
      }
      return folder.resolve(DIST);
    } catch (IOException e) {
      throw new HostingException(
          "Element Call cannot be fetched: "
              + e.getMessage()
              + ". npm is needed the first time; or name its dist folder with --element-call.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostingException("interrupted while fetching Element Call", e);
    }
  }

  private static boolean isWhole(Path folder) {
    return Files.isRegularFile(folder.resolve(DIST).resolve("index.html"));
  }

  private static void fetch(Path folder)
      throws IOException, InterruptedException, HostingException {
    for (String name : RESOURCES) {
      try (InputStream in = ElementCallFiles.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("no resource " + name);
        }
        Files.copy(in, folder.resolve(name));
      }
    }
    Path log = folder.resolveSibling("element-call-npm.log");
    Process npm =
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!npm.waitFor(MINUTES, TimeUnit.MINUTES)) {
      npm.destroyForcibly();
      throw new HostingException("npm did not finish in time; its log is " + log);
    }
    if (npm.exitValue() != 0 || !isWhole(folder)) {
      throw new HostingException(
          "npm could not fetch Element Call; its log is "
              + log
              + ". Or name its dist folder with --element-call.");
    }
  }

  /** Gives what was fetched its name, in one step; whoever was faster is right. */
  private static void keep(Path fresh, Path folder) throws IOException {
    if (!isWhole(folder)) {
      delete(folder); // of somebody who was interrupted
    }
    try {
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!isWhole(folder)) {
        throw e;
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> below = Files.walk(folder)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
