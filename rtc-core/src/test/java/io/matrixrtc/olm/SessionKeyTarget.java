package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.matrixrtc.fuzz.FuzzTarget;
import java.util.List;

/** Megolm session keys and exports, as text: each reader must refuse the other's. */
public final class SessionKeyTarget implements FuzzTarget {
  private final GroupSession owner =
      GroupSession.generate(SessionConfig.V1, ScriptedRandom.seeded(1));

  @Override
  public void run(byte[] input) throws Exception {
    String text = new String(input, ISO_8859_1);
    boolean export = false;
    try (ExportedSessionKey key = ExportedSessionKey.fromBase64(text)) {
      export = true;
      sameText(text, key.toBase64());
      InboundGroupSession.importExported(key, SessionConfig.V1).close();
    } catch (MegolmException.MalformedKey e) {
      export = false;
    }
    boolean looksLikeKey = text.length() == 306 && text.startsWith("Ag");
    if (looksLikeKey && !Fuzzed.rarely(input, 8)) {
      return; // the signature is slow to check
    }
    try (SessionKey key = SessionKey.fromBase64(text)) {
      sameText(text, key.toBase64());
      if (export) {
        throw new AssertionError("both a session key and an export");
      }
      InboundGroupSession.fromSessionKey(key, SessionConfig.V1).close();
    } catch (MegolmException.MalformedKey e) {
      return;
    }
  }

  private static void sameText(String read, String written) {
    if (!read.equals(written)) {
      throw new AssertionError("a second text for one key");
    }
  }

  @Override
  public List<byte[]> seeds() throws Exception {
    InboundGroupSession reader =
        InboundGroupSession.fromSessionKey(owner.sessionKey(), SessionConfig.V1);
    return List.of(
        owner.sessionKey().toBase64().getBytes(ISO_8859_1),
        reader.exportAtFirstKnownIndex().toBase64().getBytes(ISO_8859_1),
        reader.exportAt(70_000).toBase64().getBytes(ISO_8859_1));
  }
}
