package io.matrixrtc.testkit.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A peer whose parts npm fetches: the files that this module brings for it, and a file that is
 * there once npm is done.
 *
 * @param name of its folder
 * @param title for people
 * @param resources folder and name of each file below this package
 * @param probe within its folder
 */
record NpmPeer(String name, String title, List<String> resources, String probe) {
  private static final List<String> JS_SDK_SCRIPTS =
      List.of(
          "js-sdk/peer.mjs",
          "js-sdk/rooms.mjs",
          "js-sdk/calls.mjs",
          "js-sdk/messages.mjs",
          "js-sdk/backup.mjs",
          "js-sdk/store.mjs");

  /** matrix-js-sdk as it is now. */
  static final NpmPeer JS_SDK = jsSdk("js-sdk", "matrix-js-sdk");

  /** The last whose calls know keys as room events only. */
  static final NpmPeer JS_SDK_39 = jsSdk("js-sdk-39", "matrix-js-sdk 39");

  /** The stand-in for LiveKit's server. */
  static final NpmPeer SFU =
      new NpmPeer(
          "sfu",
          "the stand-in SFU",
          below(
              "sfu",
              "package.json",
              "package-lock.json",
              "main.mjs",
              "participant.mjs",
              "paths.mjs",
              "peer-connections.mjs",
              "publication.mjs",
              "raw-participant.mjs",
              "room-service.mjs",
              "room.mjs",
              "sid.mjs",
              "token.mjs",
              "webhooks.mjs"),
          "node_modules/werift/package.json");

  /** The driver of Playwright. */
  static final NpmPeer PLAYWRIGHT =
      new NpmPeer(
          "playwright",
          "Playwright's driver",
          below("playwright", "package.json", "package-lock.json"),
          "node_modules/playwright-core/cli.js");

  /** The embedded build of Element Call. */
  static final NpmPeer ELEMENT_CALL =
      new NpmPeer(
          "element-call",
          "Element Call",
          below("element-call", "package.json", "package-lock.json"),
          "node_modules/@element-hq/element-call-embedded/dist/index.html");

  NpmPeer {
    resources = List.copyOf(resources);
  }

  private static NpmPeer jsSdk(String name, String title) {
    List<String> own = below(name, "package.json", "package-lock.json");
    List<String> all = Stream.concat(JS_SDK_SCRIPTS.stream(), own.stream()).toList();
    return new NpmPeer(name, title, all, "node_modules/matrix-js-sdk/package.json");
  }

  private static List<String> below(String folder, String... names) {
    return Arrays.stream(names).map(name -> folder + "/" + name).toList();
  }

  /** Its files by their names. */
  Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String resource : resources) {
      try (InputStream in = NpmPeer.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException("no resource " + resource);
        }
        files.put(resource.substring(resource.lastIndexOf('/') + 1), in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the resource " + resource, e);
      }
    }
    return files;
  }

  /** Writes its files. */
  void unpack(Path folder) throws IOException {
    for (Map.Entry<String, byte[]> file : files().entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
  }

  /** A name for exactly these files: another version of this module may have others. */
  String versionedName() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files()
          .forEach(
              (file, bytes) -> {
                digest.update(file.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(bytes);
              });
      return name + "-" + HexFormat.of().formatHex(digest.digest(), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Whether npm was done with a folder. */
  boolean isWhole(Path folder) {
    return Files.isRegularFile(folder.resolve(probe));
  }
}
