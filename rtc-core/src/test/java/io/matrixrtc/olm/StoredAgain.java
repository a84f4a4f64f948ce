package io.matrixrtc.olm;

/** Contents of stored states, read and written again. */
final class StoredAgain {
  private static final RandomSource NONE =
      bytes -> {
        throw new AssertionError("reading draws nothing");
      };

  private StoredAgain() {}

  /** Whether the content of a group session has a signing key that is slow to read. */
  static boolean isExpanded(byte[] content) {
    return content.length > 0 && (content[0] & 0x10) != 0;
  }

  /** Reads {@code content}, which is wiped, and writes what was read. */
  static byte[] of(StateKind kind, byte[] content) throws SealedStateException {
    return switch (kind) {
      case ACCOUNT ->
          AccountState.write(StateReader.read(content, in -> AccountState.read(in, NONE)));
      case SESSION ->
          SessionState.write(StateReader.read(content, in -> SessionState.read(in, NONE)));
      case GROUP_SESSION ->
          GroupSessionState.write(StateReader.read(content, GroupSessionState::readOutbound));
      case INBOUND_GROUP_SESSION ->
          GroupSessionState.write(StateReader.read(content, GroupSessionState::readInbound));
    };
  }

  static void check(Account account) throws SealedStateException {
    check(StateKind.ACCOUNT, AccountState.write(account));
  }

  static void check(Session session) throws SealedStateException {
    check(StateKind.SESSION, SessionState.write(session));
  }

  static void check(GroupSession session) throws SealedStateException {
    check(StateKind.GROUP_SESSION, GroupSessionState.write(session));
  }

  static void check(InboundGroupSession session) throws SealedStateException {
    check(StateKind.INBOUND_GROUP_SESSION, GroupSessionState.write(session));
  }

  private static void check(StateKind kind, byte[] content) throws SealedStateException {
    Fuzzed.same(content, of(kind, content.clone()));
  }
}
