package io.matrixrtc.olm;

import io.matrixrtc.fuzz.FuzzTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Contents of vodozemac's pickles. The first byte chooses the kind. */
public final class VodozemacPickleTarget implements FuzzTarget {
  private static final List<String> KINDS = LibolmPickleTarget.KINDS;

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    byte[] json = Arrays.copyOfRange(input, 1, input.length);
    RandomSource random = ScriptedRandom.seeded(1);
    try (VodozemacPickle pickle = VodozemacPickle.ofJson(json)) {
      switch (input[0] & 3) {
        case 0 -> StoredAgain.check(pickle.toSession(random));
        case 1 -> StoredAgain.check(pickle.toInboundGroupSession());
        case 2 -> StoredAgain.check(pickle.toAccount(random));
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
      for (var recorded : Pickles.VODOZEMAC.all(KINDS.get(kind))) {
        byte[] content = Pickles.VODOZEMAC.content(recorded.path("pickle").textValue());
        if (content.length < maxBytes()) {
          seeds.add(Fuzzed.input(kind, content));
        }
      }
    }
    return seeds;
  }

  @Override
  public int maxBytes() {
    return 3000;
  }
}
