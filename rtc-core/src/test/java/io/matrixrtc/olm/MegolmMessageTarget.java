package io.matrixrtc.olm;

import io.matrixrtc.fuzz.FuzzTarget;
import java.util.ArrayList;
import java.util.List;

/** Megolm messages, some of them decrypted: their signature is slow to check. */
public final class MegolmMessageTarget implements FuzzTarget {
  private final List<byte[]> seeds = new ArrayList<>();
  private final InboundGroupSession reader;
  private final byte[] state;

  public MegolmMessageTarget() {
    GroupSession owner = GroupSession.generate(SessionConfig.V1, ScriptedRandom.seeded(1));
    for (int i = 0; i < 260; i++) {
      owner.encrypt(new byte[] {1});
    }
    reader = InboundGroupSession.fromSessionKey(owner.sessionKey(), SessionConfig.V1);
    state = GroupSessionState.write(reader);
    for (int i = 0; i < 3; i++) {
      seeds.add(owner.encrypt(new byte[i * 40]).encode());
    }
    seeds.add(
        GroupSession.generate(SessionConfig.V2, ScriptedRandom.seeded(2))
            .encrypt(new byte[] {2})
            .encode());
  }

  @Override
  public void run(byte[] input) throws Exception {
    MegolmMessage message;
    try {
      message = MegolmMessage.decode(input);
    } catch (MegolmException.Malformed e) {
      return;
    }
    byte[] canonical = message.encode();
    Fuzzed.same(canonical, MegolmMessage.decode(canonical).encode());
    if (!Fuzzed.rarely(input, 16)) {
      return;
    }
    try {
      reader.decrypt(message);
    } catch (MegolmException e) {
      Fuzzed.unchanged(state, GroupSessionState.write(reader));
    }
  }

  @Override
  public List<byte[]> seeds() {
    return seeds;
  }
}
