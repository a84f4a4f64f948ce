package io.matrixrtc.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FrameRelayTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private FrameRelay relay;

  @BeforeEach
  void start() throws IOException {
    InstantSource clock = now::get;
    relay = FrameRelay.start(clock);
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  private RelayClient join(String identity, RelayListener listener) throws Exception {
    return RelayClient.connect(relay.host(), relay.port(), identity, listener);
  }

  @Test
  void everyFrameReachesAllOthersAndNotItsSender_RELAY_ALL() throws Exception {
    Recorder alice = new Recorder();
    Recorder bob = new Recorder();
    Recorder carol = new Recorder();
    try (RelayClient a = join("@alice:x:A", alice);
        RelayClient b = join("@bob:x:B", bob);
        RelayClient c = join("@carol:x:C", carol)) {
      for (int i = 0; i < 500; i++) {
        a.publish(Recorder.frame(i));
      }
      b.publish(Recorder.frame(7));
      await().until(() -> bob.frames.size() == 500 && carol.frames.size() == 501);
      await().until(() -> alice.frames.size() == 1);
      assertThat(bob.sequences()).isEqualTo(LongStream.range(0, 500).boxed().toList());
      assertThat(bob.frames.get(3).frame()).isEqualTo(Recorder.frame(3));
      assertThat(bob.frames.get(3).frame().copyPayload())
          .isEqualTo(Recorder.frame(3).copyPayload());
      assertThat(bob.frames.get(3).sender()).isEqualTo("@alice:x:A");
      assertThat(bob.frames.get(3).receivedAt()).isEqualTo(START);
      assertThat(bob.frames.get(3).frame().header().rtpTimestamp())
          .isEqualTo((0xFFFF_FF00L + 3 * 960) & 0xFFFF_FFFFL);
      assertThat(c.closed().toCompletableFuture()).isNotDone();
    }
  }

  @Test
  void newsOfMembersComesInOrderAndTapsAreNotSeen_RELAY_TAP() throws Exception {
    Recorder alice = new Recorder();
    Recorder bob = new Recorder();
    Recorder eve = new Recorder();
    try (RelayClient a = join("a", alice);
        RelayClient tap = RelayClient.tap(relay.host(), relay.port(), "eve", eve)) {
      RelayClient b = join("b", bob);
      await().until(() -> alice.news.equals(List.of("+b")));
      b.close();
      await().until(() -> alice.news.equals(List.of("+b", "-b")));
      assertThat(bob.news).containsExactly("+a");
      a.publish(Recorder.frame(1));
      await().until(() -> eve.frames.size() == 1);
      await().until(() -> eve.news.equals(List.of("+a", "+b", "-b")));
      assertThat(relay.connected()).containsExactly("a");
      assertThat(tap.closed().toCompletableFuture()).isNotDone();
    }
  }

  @Test
  void aTapThatPublishesIsClosed() throws Exception {
    Recorder alice = new Recorder();
    Recorder eve = new Recorder();
    try (RelayClient a = join("a", alice);
        RelayClient tap = RelayClient.tap(relay.host(), relay.port(), "eve", eve)) {
      tap.publish(Recorder.frame(1));
      assertThat(eve.closed.get(30, TimeUnit.SECONDS))
          .isIn(CloseReason.MALFORMED, CloseReason.LEFT);
      await().until(() -> relay.tape().connections().get(1).reason() == CloseReason.MALFORMED);
      assertThat(alice.frames).isEmpty();
      try (RelayClient b = join("b", new Recorder())) {
        b.publish(Recorder.frame(2)); // the control: a member's frame does arrive
        await().until(() -> alice.frames.size() == 1);
      }
      assertThat(a.closed().toCompletableFuture()).isNotDone();
    }
  }

  @Test
  void theTapeHasAllFramesAndWhoWasThereWhen_RELAY_TAPE() throws Exception {
    Recorder bob = new Recorder();
    try (RelayClient a = join("a", new Recorder())) {
      a.publish(Recorder.frame(0));
      await().until(() -> relay.tape().frames().size() == 1);
      now.set(START.plusSeconds(10));
      RelayClient b = join("b", bob);
      a.publish(Recorder.frame(1));
      b.publish(Recorder.frame(0));
      await().until(() -> relay.tape().frames().size() == 3);
      now.set(START.plusSeconds(20));
      b.close();
      await().until(() -> relay.connected().equals(List.of("a")));
      a.publish(Recorder.frame(2));
      await().until(() -> relay.tape().frames().size() == 4);
    }
    Tape tape = relay.tape();
    await().until(() -> tape.connections().get(0).until() != null);
    assertThat(tape.frames().stream().map(RelayedFrame::globalSequence))
        .containsExactly(0L, 1L, 2L, 3L);
    assertThat(tape.framesBy("a")).hasSize(3);
    assertThat(tape.framesBy("nobody")).isEmpty();
    assertThat(tape.framesBetween(START.plusSeconds(10), START.plusSeconds(20))).hasSize(2);
    assertThat(tape.connectedAt(START)).containsExactly("a");
    assertThat(tape.connectedAt(START.plusSeconds(10))).containsExactly("a", "b");
    assertThat(tape.connectedAt(START.plusSeconds(19))).containsExactly("a", "b");
    assertThat(tape.connectedAt(START.minusSeconds(1))).isEmpty();
    assertThat(tape.connections().get(1).until()).isEqualTo(START.plusSeconds(20));
    assertThat(tape.connections().get(1).reason()).isEqualTo(CloseReason.LEFT);
    assertThat(tape.notKept()).isZero();
  }

  @Test
  void theTapeIsSearchedAndSavedByteForByte(@TempDir Path folder) throws Exception {
    byte[] secret = new byte[16];
    new SplittableRandom(3).nextBytes(secret);
    byte[] absent = new byte[16];
    new SplittableRandom(4).nextBytes(absent);
    byte[] leaking = Base64.getEncoder().encode(Arrays.copyOf(secret, 40));
    try (RelayClient a = join("a", new Recorder())) {
      a.publish(Recorder.frame(0));
      a.publish(Recorder.frame(1, leaking));
      await().until(() -> relay.tape().frames().size() == 2);
    }
    List<Tape.Hit> hits = relay.tape().search(SecretSearch.encodingsOf("leaked", secret));
    assertThat(hits).hasSize(1);
    assertThat(hits.get(0).frame().globalSequence()).isEqualTo(1);
    assertThat(hits.get(0).match().needle().encoding()).isEqualTo("base64+0");
    assertThat(relay.tape().search(SecretSearch.encodingsOf("absent", absent))).isEmpty();

    Path file = folder.resolve("tape");
    relay.tape().save(file);
    assertThat(Tape.framesIn(file)).isEqualTo(relay.tape().frames());
    byte[] saved = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(saved, saved.length - 1));
    assertThatThrownBy(() -> Tape.framesIn(file)).isInstanceOf(RelayProtocolException.class);
  }

  @Test
  void anotherProcessTakesPart() throws Exception {
    Recorder alice = new Recorder();
    try (RelayClient a = join("a", alice)) {
      Process other =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  OtherProcess.class.getName(),
                  relay.host(),
                  Integer.toString(relay.port()))
              .redirectErrorStream(true)
              .start();
      a.publish(Recorder.frame(0));
      await().atMost(Duration.ofSeconds(30)).until(() -> alice.news.contains("+other"));
      a.publish(Recorder.frame(1));
      assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
      String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said).contains("heard 1 from a");
      assertThat(other.exitValue()).isZero();
      await().until(() -> alice.news.contains("-other"));
      assertThat(alice.frames).extracting(RelayedFrame::sender).containsExactly("other");
    }
  }

  @Test
  void aFullTapeCountsWhatItDoesNotKeepAndTheCallGoesOn() throws Exception {
    try (FrameRelay small = FrameRelay.start(InstantSource.system(), 0, 200)) {
      Recorder bob = new Recorder();
      try (RelayClient a = RelayClient.connect(small.host(), small.port(), "a", new Recorder());
          RelayClient b = RelayClient.connect(small.host(), small.port(), "b", bob)) {
        for (int i = 0; i < 10; i++) {
          a.publish(Recorder.frame(i));
        }
        await().until(() -> bob.frames.size() == 10);
        assertThat(small.tape().bytes()).isLessThanOrEqualTo(200);
        assertThat(small.tape().frames()).hasSizeBetween(1, 9);
        assertThat(small.tape().notKept()).isEqualTo(10 - small.tape().frames().size());
        assertThat(b.closed().toCompletableFuture()).isNotDone();
      }
    }
  }

  @Test
  void aSecondConnectionTakesTheIdentityOver() throws Exception {
    Recorder first = new Recorder();
    Recorder bob = new Recorder();
    try (RelayClient old = join("a", first);
        RelayClient b = join("b", bob);
        RelayClient again = join("a", new Recorder())) {
      assertThat(first.closed.get(30, TimeUnit.SECONDS)).isEqualTo(CloseReason.DUPLICATE_IDENTITY);
      await().until(() -> bob.news.equals(List.of("+a", "-a", "+a")));
      again.publish(Recorder.frame(5));
      await().until(() -> bob.frames.size() == 1);
      assertThat(relay.connected()).containsExactly("b", "a");
      await().until(() -> relay.tape().connections().get(0).reason() != null);
      assertThat(relay.tape().connections().get(2).reason()).isNull();
      assertThatThrownBy(() -> publishUntilRefused(old)).isInstanceOf(IOException.class);
      assertThat(b.closed().toCompletableFuture()).isNotDone();
    }
  }

  private static void publishUntilRefused(RelayClient client) throws IOException {
    for (int i = 0; i < 100_000; i++) {
      client.publish(Recorder.frame(i));
    }
  }

  @Test
  void malformedBytesCloseThatConnectionOnly_RELAY_MALFORMED() throws Exception {
    Recorder bob = new Recorder();
    try (RelayClient a = join("a", new Recorder());
        RelayClient b = join("b", bob)) {
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < 50; i++) {
        try (Socket socket = new Socket(relay.host(), relay.port())) {
          byte[] junk = new byte[1 + random.nextInt(200)];
          random.nextBytes(junk);
          if (i % 2 == 0) {
            byte[] hello =
                RelayCodec.encode(new RelayMessage.Hello(RelayMessage.Role.MEMBER, "junk" + i));
            socket.getOutputStream().write(hello);
          }
          socket.getOutputStream().write(junk);
          socket.shutdownOutput();
          socket.setSoTimeout(10_000);
          drain(socket);
        }
      }
      a.publish(Recorder.frame(1));
      await().until(() -> bob.frames.size() == 1);
      await().until(() -> relay.connected().equals(List.of("a", "b")));
      assertThat(b.closed().toCompletableFuture()).isNotDone();
    }
    assertThat(relay.tape().connections())
        .filteredOn(span -> span.identity().startsWith("junk"))
        .hasSize(25)
        .allMatch(span -> span.reason() == CloseReason.MALFORMED);
  }

  private static void drain(Socket socket) {
    try {
      socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      // A reset is as good an end as a farewell.
      assertThat(e).hasMessageNotContaining("timed out");
    }
  }

  @Test
  void cuttingEndsAConnectionAndTheOthersHearOfIt() throws Exception {
    Recorder alice = new Recorder();
    Recorder bob = new Recorder();
    try (RelayClient a = join("a", alice);
        RelayClient b = join("b", bob)) {
      assertThat(relay.cut("b")).isTrue();
      assertThat(relay.cut("nobody")).isFalse();
      bob.closed.get(30, TimeUnit.SECONDS);
      await().until(() -> alice.news.equals(List.of("+b", "-b")));
      await().until(() -> relay.tape().connections().get(1).reason() != null);
      assertThat(relay.tape().connections().get(1).reason()).isEqualTo(CloseReason.CUT);
      assertThat(a.closed().toCompletableFuture()).isNotDone();
      assertThat(b.closed().toCompletableFuture().get(30, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void faultsDropTheSameFramesForTheSameSeed_RELAY_FAULTS() throws Exception {
    relay.setFaults("b", LinkFaults.seeded(42).dropping(0.3));
    Recorder bob = new Recorder();
    Recorder carol = new Recorder();
    try (RelayClient a = join("a", new Recorder());
        RelayClient b = join("b", bob);
        RelayClient c = join("c", carol)) {
      relay.setFaults("c", LinkFaults.seeded(42).dropping(0.3));
      for (int i = 0; i < 400; i++) {
        a.publish(Recorder.frame(i));
      }
      await().until(() -> bob.frames.size() + relay.dropped("b") == 400);
      await().until(() -> carol.frames.size() + relay.dropped("c") == 400);
      assertThat(relay.dropped("b")).isBetween(80L, 160L);
      assertThat(bob.sequences()).isEqualTo(carol.sequences());
      relay.setFaults("b", null);
      for (int i = 400; i < 500; i++) {
        a.publish(Recorder.frame(i));
      }
      long before = relay.dropped("b");
      await().until(() -> bob.frames.size() + before == 500);
      assertThat(bob.sequences()).containsAll(LongStream.range(400, 500).boxed().toList());
      assertThat(b.closed().toCompletableFuture()).isNotDone();
      assertThat(c.closed().toCompletableFuture()).isNotDone();
    }
  }

  @Test
  void aReaderThatStopsHoldsThePublishersBackUntilItIsGivenUp_RELAY_PRESSURE() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Recorder bob = new Recorder();
    RelayListener stuck =
        frame -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (RelayClient a = join("a", new Recorder());
        RelayClient b = join("b", bob);
        RelayClient c = join("stuck", stuck)) {
      byte[] large = new byte[64 << 10];
      int frames = 400; // 25 MB: more than the queue and the sockets hold
      for (int i = 0; i < frames; i++) {
        a.publish(Recorder.frame(i, large));
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> bob.frames.size() == frames);
      await().until(() -> relay.tape().connections().get(2).reason() == CloseReason.STALLED);
      await().until(() -> relay.connected().size() == 2);
      assertThat(relay.connected()).containsExactly("a", "b");
      release.countDown();
      assertThat(b.closed().toCompletableFuture()).isNotDone();
      assertThat(c).isNotNull();
    } finally {
      release.countDown();
    }
  }

  @Test
  void closingTheRelayTellsEveryone() throws Exception {
    Recorder alice = new Recorder();
    RelayClient a = join("a", alice);
    relay.close();
    assertThat(alice.closed.get(30, TimeUnit.SECONDS)).isEqualTo(CloseReason.RELAY_CLOSED);
    a.close();
    assertThatThrownBy(() -> join("b", new Recorder())).isInstanceOf(IOException.class);
    assertThat(relay.tape().connections().get(0).reason()).isEqualTo(CloseReason.RELAY_CLOSED);
  }

  @Test
  void whatWasWrittenBeforeLeavingStillArrives() throws Exception {
    Recorder bob = new Recorder();
    try (RelayClient b = join("b", bob)) {
      RelayClient a = join("a", new Recorder());
      for (int i = 0; i < 2_000; i++) {
        a.publish(Recorder.frame(i));
      }
      a.close();
      await().until(() -> bob.news.equals(List.of("+a", "-a")));
      assertThat(bob.frames).hasSize(2_000);
      assertThat(b.closed().toCompletableFuture()).isNotDone();
    }
  }
}
