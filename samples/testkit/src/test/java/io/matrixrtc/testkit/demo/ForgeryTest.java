package io.matrixrtc.testkit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEntry;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForgeryTest {
  private static final int INDEX = 200;
  private static final KeyFingerprint FORGED = KeyFingerprint.of(new byte[] {1});
  private static final KeyFingerprint HONEST = KeyFingerprint.of(new byte[] {2});

  @Test
  void anHonestKeyOfTheSameIndexIsNotTheForgedOne_DEMO_FORGED() {
    assertThat(accepted("alice", HONEST)).isFalse();
  }

  @Test
  void theForgedKeyIsFoundWhoeverItWasTakenFor_DEMO_FORGED() {
    assertThat(accepted("alice", FORGED)).isTrue();
    assertThat(accepted("mallory", FORGED)).isTrue();
  }

  private static boolean accepted(String owner, KeyFingerprint key) {
    TraceEvent received = new TraceEvent.KeyReceived(new KeyRef(owner, INDEX, 0, key), "bob");
    List<TraceEntry> entries = List.of(new TraceEntry(Instant.EPOCH, 0, received));
    assertThat(Forgery.accepted(entries, "carol", key)).as("another receiver").isFalse();
    return Forgery.accepted(entries, "bob", FORGED);
  }
}
