package io.matrixrtc.testkit.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Playwright;
import io.matrixrtc.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What this module brings for each peer. */
class NpmPeerTest {
  private static final Path SOURCES = Path.of("target/classes/io/matrixrtc/testkit/peers");
  private static final Pattern IMPORT = Pattern.compile("(?:from|import)\\(? ?\"\\./([\\w.-]+)\"");

  static List<NpmPeer> peers() {
    return List.of(
        NpmPeer.JS_SDK, NpmPeer.JS_SDK_39, NpmPeer.SFU, NpmPeer.PLAYWRIGHT, NpmPeer.ELEMENT_CALL);
  }

  private static ObjectNode json(NpmPeer peer, String name) throws Exception {
    return Json.parseObject(Objects.requireNonNull(peer.files().get(name)));
  }

  @ParameterizedTest
  @MethodSource("peers")
  void everyPackageIsPinnedByItsHashAndComesFromTheUsersRegistry_PEER_PINNED(NpmPeer peer)
      throws Exception {
    ObjectNode lock = json(peer, "package-lock.json");
    assertThat(lock.at("/packages//dependencies"))
        .isEqualTo(json(peer, "package.json").path("dependencies"));
    lock.path("packages")
        .properties()
        .forEach(
            one -> {
              if (!one.getKey().isEmpty()) {
                assertThat(one.getValue().path("integrity").asText())
                    .as(one.getKey())
                    .startsWith("sha512-");
                assertThat(one.getValue().has("resolved")).as(one.getKey()).isFalse();
              }
            });
    assertThat(lock.path("packages").size()).isGreaterThan(1);
  }

  @ParameterizedTest
  @MethodSource("peers")
  void everyScriptThatAScriptImportsIsThere_PEER_WHOLE(NpmPeer peer) {
    peer.files()
        .forEach(
            (name, bytes) ->
                IMPORT
                    .matcher(new String(bytes, StandardCharsets.UTF_8))
                    .results()
                    .forEach(
                        found -> assertThat(peer.files()).as(name).containsKey(found.group(1))));
  }

  @Test
  void everyScriptInThisModulesJarIsOfAPeer_PEER_WHOLE() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      List<String> scripts =
          files
              .map(file -> SOURCES.relativize(file).toString().replace('\\', '/'))
              .filter(name -> name.endsWith(".mjs") && !name.endsWith(".test.mjs"))
              .toList();
      assertThat(scripts).hasSizeGreaterThan(10);
      assertThat(peers().stream().flatMap(peer -> peer.resources().stream())).containsAll(scripts);
    }
  }

  @Test
  void otherFilesHaveAnotherFolder_PEER_WHOLE() {
    assertThat(peers().stream().map(NpmPeer::versionedName)).doesNotHaveDuplicates();
    assertThat(NpmPeer.JS_SDK.versionedName()).matches("js-sdk-[0-9a-f]{12}");
  }

  @Test
  void theDriverIsOfTheVersionOfPlaywrightForJava_PEER_PINNED() throws Exception {
    assertThat(
            json(NpmPeer.PLAYWRIGHT, "package.json").at("/dependencies/playwright-core").asText())
        .isEqualTo(Playwright.class.getPackage().getImplementationVersion());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void chromiumIsTheNamedOneOrOnThePath_PEER_CHROMIUM(@TempDir Path folder) throws IOException {
    Path program = Files.writeString(folder.resolve("chromium"), "");
    assertThatThrownBy(() -> Chromium.find(Optional.empty(), folder.toString()))
        .isInstanceOf(PeerUnavailableException.class)
        .hasMessageContaining("needs Chromium")
        .hasMessageContaining(ElementCallBrowser.CHROMIUM);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(Chromium.find(Optional.empty(), "/nowhere:" + folder)).isEqualTo(program);
    assertThat(Chromium.find(Optional.of(program.toString()), "")).isEqualTo(program);
    assertThatThrownBy(() -> Chromium.find(Optional.of("/nowhere/chromium"), folder.toString()))
        .hasMessageContaining("/nowhere/chromium");
  }
}
