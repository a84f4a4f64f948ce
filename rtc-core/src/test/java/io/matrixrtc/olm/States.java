package io.matrixrtc.olm;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Everything that a session or account holds, as text: to compare before and after. */
final class States {
  private static final HexFormat HEX = HexFormat.of();

  private States() {}

  static String of(Session session) {
    return session.sessionId()
        + " "
        + session.config()
        + " "
        + session.keys()
        + " root "
        + root(session)
        + " send "
        + sending(session)
        + " receive "
        + receiving(session)
        + " skipped "
        + skipped(session);
  }

  static String of(Account account) {
    StringBuilder text = new StringBuilder();
    text.append(HEX.formatHex(account.signingKey().copySeed()));
    text.append(' ').append(HEX.formatHex(account.identityKey().copySecret()));
    account
        .oneTimeKeys()
        .all()
        .forEach(
            (id, entry) ->
                text.append(' ')
                    .append(id)
                    .append(entry.published() ? '!' : '?')
                    .append(HEX.formatHex(entry.key().copySecret())));
    text.append(" current ").append(of(account.fallbackKeys().current()));
    text.append(" previous ").append(of(account.fallbackKeys().previous()));
    return text.append(" next ").append(account.nextKeyId()).toString();
  }

  private static String of(FallbackKeys.@Nullable Entry entry) {
    return entry == null
        ? "none"
        : entry.id() + (entry.published() ? "!" : "?") + HEX.formatHex(entry.key().copySecret());
  }

  static String root(Session session) {
    return HEX.formatHex(session.root().raw());
  }

  /** Ratchet key, chain key and index; "none" without a sending chain. */
  static String sending(Session session) {
    SendingChain chain = session.sending();
    return chain == null
        ? "none"
        : HEX.formatHex(chain.ratchetKey().copySecret())
            + ":"
            + HEX.formatHex(chain.chain().raw())
            + ":"
            + chain.chain().index();
  }

  /** The newest first. */
  static List<String> receiving(Session session) {
    List<String> chains = new ArrayList<>();
    for (ReceivingChain chain : session.receiving().all()) {
      chains.add(
          0,
          chain.ratchetKey().toBase64()
              + ":"
              + HEX.formatHex(chain.chain().raw())
              + ":"
              + chain.chain().index());
    }
    return chains;
  }

  static Set<String> skipped(Session session) {
    Set<String> keys = new TreeSet<>();
    for (ReceivingChain chain : session.receiving().all()) {
      for (MessageKey key : chain.skipped()) {
        keys.add(
            chain.ratchetKey().toBase64() + ":" + HEX.formatHex(key.raw()) + ":" + key.index());
      }
    }
    return keys;
  }
}
