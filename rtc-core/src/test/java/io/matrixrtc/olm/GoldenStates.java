package io.matrixrtc.olm;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One state of each kind, always the same, with everything in it that a state can hold. The sealed
 * forms are checked in; whatever changes here or in the format must leave the old files readable.
 */
final class GoldenStates {
  static final StateKey KEY = StateKey.copyOf(bytes(0x4B, StateKey.BYTES));

  private GoldenStates() {}

  static Account account() {
    Account account = Account.generate(ScriptedRandom.seeded(101));
    account.generateOneTimeKeys(2);
    account.generateFallbackKey();
    account.markKeysAsPublished();
    account.generateOneTimeKeys(1);
    account.generateFallbackKey();
    return account;
  }

  /** Active, with two receiving chains and skipped keys on both. */
  static Session session() throws Exception {
    Pair pair = Pair.connected(SessionConfig.V1, new SplittableRandom(102));
    for (int turn = 0; turn < 2; turn++) {
      List<OlmMessage> sent = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        sent.add(pair.bob.encrypt(new byte[] {(byte) i}));
      }
      pair.alice.decrypt(sent.get(1));
      pair.alice.decrypt(sent.get(3));
      pair.bob.decrypt(pair.alice.encrypt(new byte[] {9}));
    }
    return pair.alice;
  }

  static GroupSession groupSession() {
    GroupSession session = GroupSession.generate(SessionConfig.V2, ScriptedRandom.seeded(103));
    session.encrypt(new byte[] {1});
    return session;
  }

  static InboundGroupSession inboundGroupSession() {
    GroupSession owner = GroupSession.generate(SessionConfig.V1, ScriptedRandom.seeded(104));
    owner.encrypt(new byte[] {1});
    return InboundGroupSession.fromSessionKey(owner.sessionKey(), SessionConfig.V1);
  }

  /** The randomness that the files were sealed with. */
  static RandomSource salt() {
    return ScriptedRandom.seeded(105);
  }

  static byte[] bytes(int value, int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
