package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.matrixrtc.fuzz.FuzzTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Pickles of libolm. The first byte chooses the kind, and whether the rest is encrypted already.
 */
public final class LibolmPickleTarget implements FuzzTarget {
  static final List<String> KINDS =
      List.of("sessions", "inbound_group_sessions", "accounts", "outbound_group_sessions");

  private static final int TEXT = 0x10;

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    int kind = input[0] & 3;
    if (kind >= 2 && !Fuzzed.rarely(input, 32)) {
      return; // the public half of an expanded key is slow to compute
    }
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    try (LibolmPickle pickle =
        (input[0] & TEXT) == 0
            ? new LibolmPickle(rest)
            : LibolmPickle.open(new String(rest, ISO_8859_1), Pickles.LIBOLM.key())) {
      RandomSource random = ScriptedRandom.seeded(1);
      switch (kind) {
        case 0 -> StoredAgain.check(pickle.toSession(random));
        case 1 -> StoredAgain.check(pickle.toInboundGroupSession());
        case 2 -> pickle.toAccount(random).close();
        default -> StoredAgain.check(pickle.toGroupSession());
      }
    } catch (PickleException e) {
      return;
    }
  }

  @Override
  public List<byte[]> seeds() throws Exception {
    List<byte[]> seeds = new ArrayList<>();
    for (int kind = 0; kind < KINDS.size(); kind++) {
      for (var recorded : Pickles.LIBOLM.all(KINDS.get(kind))) {
        String pickle = recorded.path("pickle").textValue();
        byte[] content = Pickles.LIBOLM.content(pickle);
        if (content.length < maxBytes()) {
          seeds.add(Fuzzed.input(kind, content));
        }
      }
      String pickle = Pickles.LIBOLM.all(KINDS.get(kind)).get(0).path("pickle").textValue();
      seeds.add(Fuzzed.input(kind | TEXT, pickle.getBytes(ISO_8859_1)));
    }
    return seeds;
  }

  @Override
  public int maxBytes() {
    return 2048;
  }
}
