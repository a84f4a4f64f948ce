package io.matrixrtc.testkit.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How peers get to this machine, with scripts in the place of Node and npm. */
@DisabledOnOs(OS.WINDOWS)
class NpmInstallerTest {
  private static final NpmPeer PEER = NpmPeer.JS_SDK;

  /** Does what npm does, and counts it in the cache. */
  private static final String GOOD_NPM =
      """
      test "$1" = ci && test -f package.json && test -f package-lock.json && test -f peer.mjs || exit 9
      echo run >> ../runs
      mkdir -p node_modules/matrix-js-sdk
      echo '{}' > node_modules/matrix-js-sdk/package.json
      """;

  @TempDir private Path folder;
  private Path cache;

  @BeforeEach
  void makeCommands() throws IOException {
    cache = folder.resolve("cache");
    script("node", "echo v20.1.0");
    script("npm", GOOD_NPM);
  }

  private Path script(String name, String body) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private NpmInstaller installer() {
    return installer(Optional.empty(), Duration.ofSeconds(60));
  }

  private NpmInstaller installer(Optional<Path> prepared, Duration limit) {
    return new NpmInstaller(
        cache,
        prepared,
        folder.resolve("node").toString(),
        folder.resolve("npm").toString(),
        limit);
  }

  private int runs() throws IOException {
    Path runs = cache.resolve("runs");
    return Files.exists(runs) ? Files.readAllLines(runs).size() : 0;
  }

  private List<String> cached() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aPeerIsFetchedOnceAndKept_PEER_ONCE() throws Exception {
    Path first = installer().folder(PEER);
    assertThat(first).hasFileName(PEER.versionedName());
    assertThat(first.resolve("peer.mjs")).isRegularFile();
    assertThat(installer().folder(PEER)).isEqualTo(first);
    assertThat(runs()).isEqualTo(1);
    assertThat(cached()).noneMatch(name -> name.endsWith(".part"));
  }

  @Test
  void manyWantItAtOnceAndOneFetches_PEER_PARALLEL() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<Path>> wanted = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        wanted.add(pool.submit(() -> installer().folder(PEER)));
      }
      for (Future<Path> one : wanted) {
        assertThat(PEER.isWhole(one.get(60, TimeUnit.SECONDS))).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(runs()).isEqualTo(1);
  }

  @Test
  void whatSomebodyLeftHalfDoneIsDoneAgain_PEER_RESUME() throws Exception {
    Path half = cache.resolve(PEER.versionedName() + ".part");
    Files.createDirectories(half.resolve("node_modules"));
    Files.writeString(half.resolve("node_modules/rubbish"), "half");
    Path older = Files.createDirectories(cache.resolve(PEER.versionedName()));
    Files.writeString(older.resolve("rubbish"), "no probe");
    Path other = Files.createDirectories(cache.resolve(NpmPeer.SFU.versionedName() + ".part"));

    Path whole = installer().folder(PEER);
    assertThat(PEER.isWhole(whole)).isTrue();
    assertThat(whole.resolve("rubbish")).doesNotExist();
    assertThat(whole.resolve("node_modules/rubbish")).doesNotExist();
    assertThat(half).doesNotExist();
    assertThat(other).as("is of another peer").exists();
  }

  @Test
  void aFolderThatSomebodyPreparedIsTakenAsItIs_PEER_PREPARED() throws Exception {
    Path prepared = folder.resolve("prepared");
    NpmInstaller installer = installer(Optional.of(prepared), Duration.ofSeconds(60));
    Path probe = prepared.resolve("js-sdk").resolve(PEER.probe());
    Files.createDirectories(probe.getParent());
    Files.writeString(probe, "{}");
    assertThat(installer.folder(PEER)).isEqualTo(prepared.resolve("js-sdk"));
    assertThat(runs()).isZero();
    assertThat(installer.folder(NpmPeer.JS_SDK_39)).as("is not prepared").startsWith(cache);
    assertThat(runs()).isEqualTo(1);
  }

  @Test
  void withoutNodeItIsSaidWhatIsMissing_PEER_SAYS() throws Exception {
    Files.delete(folder.resolve("node"));
    refuses("matrix-js-sdk needs Node 20 or newer", "there is no", PeerFolders.NODE);
  }

  @Test
  void anOldNodeIsNamed_PEER_SAYS() throws Exception {
    script("node", "echo v18.19.1");
    refuses("needs Node 20 or newer", "v18.19.1", "Install a newer one");
    script("node", "echo something else");
    refuses("needs Node 20 or newer", "something else");
    script("node", "exit 1");
    refuses("needs Node 20 or newer", "nothing");
  }

  @Test
  void withoutNpmItIsSaidWhatIsMissing_PEER_SAYS() throws Exception {
    Files.delete(folder.resolve("npm"));
    refuses("there is no", "npm", PeerFolders.NPM, PeerFolders.PREPARED);
  }

  @Test
  void npmsOwnWordsAreToldAndTheNextTryIsANewOne_PEER_SAYS() throws Exception {
    script("npm", "echo all fine; echo 'npm error code ENOTFOUND'; mkdir -p node_modules; exit 7");
    refuses("ended with 7", "npm error code ENOTFOUND", ".npm.log", "npm ping");
    assertThat(cached()).doesNotContain(PEER.versionedName());
    script("npm", GOOD_NPM);
    assertThat(PEER.isWhole(installer().folder(PEER))).isTrue();
  }

  @Test
  void anNpmThatIsContentWithoutThePeerIsNotBelieved_PEER_SAYS() throws Exception {
    script("npm", "exit 0");
    refuses("npm was content", PEER.probe());
  }

  @Test
  void anNpmThatDoesNotEndIsEnded_PEER_SAYS() throws Exception {
    script("npm", "exec sleep 600");
    NpmInstaller hurried = installer(Optional.empty(), Duration.ofMillis(200));
    assertThatThrownBy(() -> hurried.folder(PEER))
        .isInstanceOf(PeerUnavailableException.class)
        .hasMessageContaining("was not done after");
  }

  @Test
  void aCacheThatCannotBeWrittenToIsNamed_PEER_SAYS() throws Exception {
    Files.writeString(cache, "a file");
    refuses("cannot be kept in", PeerFolders.CACHE);
  }

  private void refuses(String... words) {
    assertThatThrownBy(() -> installer().folder(PEER))
        .isInstanceOf(PeerUnavailableException.class)
        .message()
        .contains(words);
  }
}
