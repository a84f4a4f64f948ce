package io.matrixrtc.olm;

import io.matrixrtc.fuzz.FuzzTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Olm messages of both types, for a session and an account: first byte odd = normal. */
public final class OlmMessageTarget implements FuzzTarget {
  private final byte[] sealedSession;
  private final byte[] sealedAccount;
  private final List<byte[]> seeds = new ArrayList<>();
  private Session session;
  private Account account;
  private byte[] sessionState;
  private byte[] accountState;

  public OlmMessageTarget() throws Exception {
    Pair pair = Pair.talking(1);
    pair.bob.decrypt(pair.alice.encrypt(new byte[] {1}));
    pair.bob.encrypt(new byte[] {2}); // a sending chain, so that new ratchet keys are followed
    List<OlmMessage> normal = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      normal.add(pair.alice.encrypt(new byte[30 * i]));
    }
    Session other =
        pair.aliceAccount.createOutboundSession(
            SessionConfig.V1, Pair.identity(pair.bobAccount), Pair.newOneTimeKey(pair.bobAccount));
    normal.forEach(message -> seeds.add(input(1, message)));
    seeds.add(input(0, other.encrypt(new byte[] {3})));
    seeds.add(input(0, other.encrypt(new byte[50])));
    Pair second = Pair.connected(SessionConfig.V2, new java.util.SplittableRandom(2));
    seeds.add(input(1, second.bob.encrypt(new byte[] {4})));
    sealedSession = pair.bob.seal(GoldenStates.KEY, bytes -> {});
    sealedAccount = pair.bobAccount.seal(GoldenStates.KEY, bytes -> {});
    restore();
  }

  private static byte[] input(int kind, OlmMessage message) {
    return Fuzzed.input(kind, message.encode());
  }

  private void restore() throws SealedStateException {
    session = Session.unseal(GoldenStates.KEY, sealedSession, GoldenStates.salt());
    account = Account.unseal(GoldenStates.KEY, sealedAccount, GoldenStates.salt());
    sessionState = SessionState.write(session);
    accountState = AccountState.write(account);
  }

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    int type = input[0] & 1;
    byte[] body = Arrays.copyOfRange(input, 1, input.length);
    OlmMessage message;
    try {
      message = OlmMessage.decode(type, body);
    } catch (OlmException.Malformed e) {
      return;
    }
    byte[] canonical = message.encode();
    Fuzzed.same(canonical, OlmMessage.decode(type, canonical).encode());
    if (message instanceof PreKeyMessage preKey) {
      start(preKey, input);
    } else {
      decrypt(message);
    }
  }

  private void decrypt(OlmMessage message) throws Exception {
    try {
      session.decrypt(message);
      restore();
    } catch (OlmException e) {
      Fuzzed.unchanged(sessionState, SessionState.write(session));
    }
  }

  /** Three agreements are slow, so only some of the inputs that name a key get there. */
  private void start(PreKeyMessage message, byte[] input) throws Exception {
    if (!Fuzzed.rarely(input, 4)) {
      return;
    }
    try {
      account.createInboundSession(message.identityKey(), message).session().close();
      restore();
    } catch (OlmException e) {
      Fuzzed.unchanged(accountState, AccountState.write(account));
    }
  }

  @Override
  public List<byte[]> seeds() {
    return seeds;
  }
}
