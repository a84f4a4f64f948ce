package io.matrixrtc.olm;

import java.util.SplittableRandom;

/** Two devices with a session between them, on which the second has received one message. */
final class Pair {
  final Account aliceAccount;
  final Account bobAccount;
  Session alice;
  Session bob;

  private Pair(Account aliceAccount, Account bobAccount, Session alice, Session bob) {
    this.aliceAccount = aliceAccount;
    this.bobAccount = bobAccount;
    this.alice = alice;
    this.bob = bob;
  }

  static Pair connected(long seed) throws Exception {
    return connected(SessionConfig.V1, new SplittableRandom(seed));
  }

  static Pair connected(SessionConfig config, SplittableRandom random) throws Exception {
    RandomSource source = ScriptedRandom.of(random);
    Account alice = Account.generate(source);
    Account bob = Account.generate(source);
    Session outbound = alice.createOutboundSession(config, identity(bob), newOneTimeKey(bob));
    PreKeyMessage first = (PreKeyMessage) outbound.encrypt(new byte[] {1});
    Session inbound = bob.createInboundSession(config, identity(alice), first).session();
    return new Pair(alice, bob, outbound, inbound);
  }

  /** As {@link #connected(long)}, and the first has received an answer. */
  static Pair talking(long seed) throws Exception {
    Pair pair = connected(seed);
    pair.alice.decrypt(pair.bob.encrypt(new byte[] {2}));
    return pair;
  }

  static Curve25519PublicKey identity(Account account) {
    return account.identityKeys().curve25519();
  }

  static Curve25519PublicKey newOneTimeKey(Account account) {
    return account.generateOneTimeKeys(1).created().get(0);
  }
}
