package io.matrixrtc.olm;

import io.matrixrtc.fuzz.FuzzTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Stored states. The first byte chooses the kind, and whether the rest is a sealed state or the
 * content of one: what only the owner of the key can make.
 */
public final class SealedStateTarget implements FuzzTarget {
  private static final int SEALED = 0x10;
  private static final StateKind[] KINDS = StateKind.values();

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    StateKind kind = KINDS[(input[0] & 0x0F) % KINDS.length];
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    try {
      if ((input[0] & SEALED) != 0) {
        unseal(kind, rest);
      } else if (kind != StateKind.GROUP_SESSION || !StoredAgain.isExpanded(rest)) {
        Fuzzed.same(rest, StoredAgain.of(kind, rest.clone()));
      } else if (Fuzzed.rarely(input, 32)) { // the public half is slow to compute
        Fuzzed.same(rest, StoredAgain.of(kind, rest.clone()));
      }
    } catch (SealedStateException e) {
      return;
    }
  }

  private static void unseal(StateKind kind, byte[] sealed) throws SealedStateException {
    StateKey key = GoldenStates.KEY;
    switch (kind) {
      case ACCOUNT -> Account.unseal(key, sealed).close();
      case SESSION -> Session.unseal(key, sealed).close();
      case GROUP_SESSION -> GroupSession.unseal(key, sealed).close();
      case INBOUND_GROUP_SESSION -> InboundGroupSession.unseal(key, sealed).close();
    }
  }

  @Override
  public List<byte[]> seeds() throws Exception {
    List<byte[]> seeds = new ArrayList<>();
    byte[][] states = {
      GoldenStates.account().seal(GoldenStates.KEY, GoldenStates.salt()),
      GoldenStates.session().seal(GoldenStates.KEY, GoldenStates.salt()),
      GoldenStates.groupSession().seal(GoldenStates.KEY, GoldenStates.salt()),
      GoldenStates.inboundGroupSession().seal(GoldenStates.KEY, GoldenStates.salt())
    };
    for (int i = 0; i < KINDS.length; i++) {
      byte[] sealed = states[i];
      seeds.add(Fuzzed.input(i | SEALED, sealed));
      seeds.add(Fuzzed.input(i, SealedState.open(GoldenStates.KEY, KINDS[i], sealed)));
    }
    return seeds;
  }
}
