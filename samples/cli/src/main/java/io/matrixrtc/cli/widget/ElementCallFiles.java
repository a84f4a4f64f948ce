package io.matrixrtc.cli.widget;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The embedded build of Element Call: a folder that the user names, or one that npm fills the first
 * time, from the user's registry. The lock file beside this class says which bytes npm may accept.
 */
public final class ElementCallFiles {
  /** The version that is fetched. */
  public static final String VERSION = "0.26.1";

  private static final List<String> RESOURCES = List.of("package.json", "package-lock.json");
  private static final int MINUTES = 5;

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
   * The folder with {@code index.html} below {@code cache}, fetched if it is not there.
   *
   * @throws HostingException if it cannot be fetched
   */
  public static Path fetched(Path cache) throws HostingException {
    Path folder = cache.resolve("element-call-" + VERSION);
    Path dist = folder.resolve("node_modules/@element-hq/element-call-embedded/dist");
    if (Files.isRegularFile(dist.resolve("index.html"))) {
      return dist;
    }
    try {
      Files.createDirectories(folder);
      for (String name : RESOURCES) {
        try (InputStream in = ElementCallFiles.class.getResourceAsStream(name)) {
          if (in == null) {
            throw new IllegalStateException("no resource " + name);
          }
          Files.copy(in, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      Path log = folder.resolve("npm.log");
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
      if (npm.exitValue() != 0 || !Files.isRegularFile(dist.resolve("index.html"))) {
        throw new HostingException(
            "npm could not fetch Element Call; its log is "
                + log
                + ". Or name its dist folder with --element-call.");
      }
      return dist;
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
}
