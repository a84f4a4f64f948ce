package io.matrixrtc.media;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A receiver that is driven by the steps of a {@code scenario} vector. */
final class ScenarioReceiver implements KeyRingListener, AutoCloseable {
  /** What one frame led to. */
  record Outcome(FrameStatus status, @Nullable String outputHex, List<String> errors) {}

  final KeyRing ring;
  final Map<Integer, KeyMaterial> keys = new HashMap<>();
  final List<String> ratchets = new ArrayList<>();
  private final FrameDecryptor decryptor;
  private final TrialMode mode;
  private Protection protection = Protection.ENCRYPTED;
  private boolean participant = true;

  ScenarioReceiver(JsonNode options, TrialMode mode) {
    this.mode = mode;
    KeyRingSettings settings =
        new KeyRingSettings(
            options.path("keyringSize").asInt(16),
            options.path("ratchetWindowSize").asInt(8),
            options.path("failureTolerance").asInt(10),
            options.path("keySize").asInt(128),
            options.path("ratchetSalt").asText(KeyRingSettings.LIVEKIT_SALT),
            mode,
            null);
    ring = new KeyRing(settings, new SplittableRandom(2), InstantSource.fixed(Instant.EPOCH));
    ring.setListener(this);
    decryptor = new FrameDecryptor(ring);
  }

  @Override
  public void onGeneration(KeyIndex index, int generation) {
    KeySlot slot = Objects.requireNonNull(ring.slot(index.value()));
    ratchets.add(index + ":" + LiveKitVectors.hex(slot.installed().material().copyBytes()));
  }

  /** Does one step other than {@code decode}. */
  void apply(JsonNode step) {
    String op = step.get("op").asText();
    switch (op) {
      case "setKey" -> setKey(step);
      case "setCurrentKeyIndex" -> ring.use(index(step.get("keyIndex").asInt()));
      case "ratchetKey" -> {
        KeyIndex index =
            step.hasNonNull("keyIndex") ? index(step.get("keyIndex").asInt()) : ring.currentIndex();
        if (ring.has(index)) {
          ring.advance(index, 1);
          if (mode == TrialMode.ONE_STEP) {
            ring.use(index);
          }
        }
      }
      case "enable" ->
          protection =
              step.get("enabled").isNull()
                  ? Protection.UNKNOWN
                  : step.get("enabled").asBoolean() ? Protection.ENCRYPTED : Protection.CLEAR;
      case "unsetParticipant" -> participant = false;
      case "setParticipant" -> participant = true;
      case "setSifTrailer" ->
          decryptor.setServerInjected(
              ServerInjectedFrames.withTrailer(
                  LiveKitVectors.hex(step, "trailerHex"),
                  mode == TrialMode.ONE_STEP
                      ? ServerInjectedFrames.Known.LIVEKIT_CLIENT
                      : ServerInjectedFrames.Known.ALL));
      default -> throw new AssertionError("unknown step " + op);
    }
  }

  private void setKey(JsonNode step) {
    int wanted = step.path("keyIndex").asInt(0);
    KeyIndex index = wanted < 0 ? ring.currentIndex() : index(wanted);
    KeyMaterial material = LiveKitVectors.material(step);
    keys.put(index.value() % ring.settings().slots(), material);
    ring.put(index, material);
    if (step.path("updateCurrentKeyIndex").asBoolean(true)) {
      ring.use(index);
    }
  }

  private KeyIndex index(int value) {
    return new KeyIndex(value > KeyIndex.MAX ? value % ring.settings().slots() : value);
  }

  /** Receives one frame; errors are what the application would be told, without a rate limit. */
  Outcome decode(JsonNode frame) {
    byte[] data = LiveKitVectors.hex(frame, "dataHex");
    byte[] out = new byte[data.length];
    boolean currentValid = ring.isValid(ring.currentIndex());
    decryptor.setProtection(participant ? protection : Protection.UNKNOWN);
    FrameStatus status =
        decryptor.decrypt(
            LiveKitVectors.codec(frame),
            LiveKitVectors.frameType(frame),
            data,
            0,
            data.length,
            out,
            0);
    return new Outcome(
        status,
        status.hasOutput()
            ? LiveKitVectors.hex(Arrays.copyOf(out, decryptor.outputLength()))
            : null,
        errors(status, currentValid));
  }

  private List<String> errors(FrameStatus status, boolean currentValid) {
    return switch (status) {
      case NO_KEY -> List.of("MissingKey");
      case NOT_AUTHENTIC, TOO_SHORT, BAD_TRAILER ->
          currentValid ? List.of("InvalidKey") : List.of();
      case PROTECTION_UNKNOWN -> participant ? List.of("InternalError") : List.of();
      default -> List.of();
    };
  }

  /** The generation under which the last frame was authentic. */
  int generation() {
    return decryptor.generation();
  }

  Map<String, Integer> failureCounts() {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i <= KeyIndex.MAX; i++) {
      int failures = ring.failures(new KeyIndex(i));
      if (failures > 0) {
        counts.put(Integer.toString(i), failures);
      }
    }
    return counts;
  }

  @Override
  public void close() {
    ring.close();
  }
}
