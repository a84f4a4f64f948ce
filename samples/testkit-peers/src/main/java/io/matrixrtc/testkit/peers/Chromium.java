package io.matrixrtc.testkit.peers;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.impl.driver.Driver;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The browser of this machine, driven by Playwright with a driver from npm. */
final class Chromium {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private static final List<String> OPTIONS =
      List.of(
          "--no-sandbox",
          "--use-fake-device-for-media-stream",
          "--use-fake-ui-for-media-stream",
          "--autoplay-policy=no-user-gesture-required");

  private static final String DRIVER = "playwright.cli.dir";

  private Chromium() {}

  /**
   * Playwright, on the calling thread.
   *
   * @throws PeerUnavailableException if its driver cannot be had
   */
  static Playwright playwright() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    if (!hasDriver()) {
      System.setProperty(DRIVER, driver().toString());
    }
    if (System.getProperty(DRIVER) != null) {
      environment.putIfAbsent("PLAYWRIGHT_NODEJS_PATH", PeerFolders.node());
    }
    return Playwright.create(new Playwright.CreateOptions().setEnv(environment));
  }

  /** Whether the user has named a driver, or has Playwright's own bundle among the dependencies. */
  private static boolean hasDriver() {
    return System.getProperty(DRIVER) != null
        || System.getenv("PLAYWRIGHT_DRIVER_DIR") != null
        || Stream.of("linux", "linux-arm64", "mac", "mac-arm64", "win32_x64")
            .anyMatch(system -> Driver.class.getResource("/driver/" + system) != null);
  }

  private static Path driver() {
    Path folder = NpmInstaller.usual().folder(NpmPeer.PLAYWRIGHT);
    Path link = folder.resolve("package"); // as Playwright for Java wants it
    try {
      if (!Files.exists(link)) {
        Files.createSymbolicLink(link, Path.of("node_modules", "playwright-core"));
      }
    } catch (IOException | UnsupportedOperationException e) {
      if (!Files.exists(link)) {
        throw new PeerUnavailableException(
            "Playwright's driver needs a link in %s: %s. Make node_modules/playwright-core known there as package."
                .formatted(folder, e),
            e);
      }
    }
    return folder;
  }

  /** The browser, without a window, with a camera and a microphone that are not real. */
  static Browser launch(Playwright playwright) {
    return playwright
        .chromium()
        .launch(new BrowserType.LaunchOptions().setExecutablePath(program()).setArgs(OPTIONS));
  }

  /**
   * The browser's program, as properties and environment say.
   *
   * @throws PeerUnavailableException if there is none
   */
  static Path program() {
    return find(
        Optional.ofNullable(System.getProperty(ElementCallBrowser.CHROMIUM))
            .or(() -> Optional.ofNullable(System.getenv("CHROMIUM"))),
        Objects.requireNonNullElse(System.getenv("PATH"), ""));
  }

  /**
   * The program that is named, or one on the path.
   *
   * @param path folders, as in the environment
   * @throws PeerUnavailableException if there is none
   */
  static Path find(Optional<String> named, String path) {
    if (named.isPresent()) {
      Path program = Path.of(named.get());
      if (!Files.isExecutable(program)) {
        throw new PeerUnavailableException(
            "Element Call needs Chromium, and %s is no program. Set %s, or CHROMIUM, to one."
                .formatted(program, ElementCallBrowser.CHROMIUM));
      }
      return program;
    }
    return Arrays.stream(path.split(Pattern.quote(File.pathSeparator), -1))
        .filter(folder -> !folder.isEmpty())
        .flatMap(folder -> NAMES.stream().map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new PeerUnavailableException(
                    "Element Call needs Chromium, and there is none on the path. Install it, or set %s, or CHROMIUM, to where it is."
                        .formatted(ElementCallBrowser.CHROMIUM)));
  }
}
